"""What a page of ours may load, and who may frame it."""

from __future__ import annotations

from collections.abc import Sequence

_LOADS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; object-src 'none'; "
    "base-uri 'none'; "
)


def content_policy(framed_by: Sequence[str] = ()) -> str:
    """The content security policy of a page that these origins may frame; nobody, without any."""
    return f"{_LOADS}frame-ancestors " + (" ".join(framed_by) or "'none'")
