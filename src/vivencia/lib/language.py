"""The language of who is spoken to, where no page or account says it."""

from __future__ import annotations

import os
from collections.abc import Mapping


def shell_language(environ: Mapping[str, str] = os.environ) -> str:
    """ "es" or "en", as the terminal is set (the same order as gettext's)."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return "es" if value.lower().startswith("es") else "en"
    return "en"


def asked_language(accept: bytes) -> str:
    """ "es" or "en", by what a request asks for first (the header Accept-Language)."""
    return "es" if accept[:2].lower() == b"es" else "en"


def said(*, es: str, en: str) -> str:
    """The sentence in the terminal's language."""
    return es if shell_language() == "es" else en
