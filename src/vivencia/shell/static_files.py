"""The files that come with the program, served from memory with no step after installing.

WhiteNoise reads them once, when the server starts, with their types and validators. A link to
one carries a digest of its content (`?v=…`), so an upgrade is seen at once.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.base import WhiteNoise

from vivencia.shell.security import App, Receive, Scope, Send, plain_answer

MAX_AGE_S = 3600
CONDITIONS = (b"if-none-match", b"if-modified-since", b"range")


class Storage(StaticFilesStorage):
    """Addresses of the files, each with the digest of what it holds."""

    def url(self, name: str | None) -> str:
        address: str = super().url(name)
        digest = _digest(name or "")
        return f"{address}?v={digest}" if digest else address


@functools.lru_cache(maxsize=1000)
def _digest(name: str) -> str:
    file = finders.find(name)
    if not file:
        return ""
    return hashlib.blake2b(Path(file).read_bytes(), digest_size=6).hexdigest()


def static_app() -> App:
    """A bare ASGI application for everything under STATIC_URL."""
    files = _collected()

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        file = files.get(scope["path"])
        if file is None or scope["method"] not in ("GET", "HEAD"):
            await plain_answer(send, 404, "There is no such file.")
            return
        conditions = {
            "HTTP_" + name.decode("latin-1").upper().replace("-", "_"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name in CONDITIONS
        }
        answer = file.get_response(scope["method"], conditions)
        body = b""
        if answer.file is not None:
            with answer.file:
                body = answer.file.read()
        headers = [(k.lower().encode(), v.encode("latin-1")) for k, v in answer.headers]
        start = {"type": "http.response.start", "status": int(answer.status), "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": body})

    return serve


def _collected() -> dict[str, Any]:
    """Every file of every room by its address."""
    noise = WhiteNoise(None, max_age=MAX_AGE_S, allow_all_origins=False)
    found: dict[str, str] = {}
    for finder in finders.get_finders():
        for path, storage in finder.list(None):
            found.setdefault(settings.STATIC_URL + path, storage.path(path))
    for url, file in found.items():
        noise.add_file_to_dictionary(url, file)
    return dict(noise.files)
