"""Django, on threads that outlive a request: each request has one for itself while it lasts.

Django's own handler goes from the event loop to a new thread and back five times: for its signals,
the middleware, the view, its template and the end. That is half of what a short page costs, and
while the doors keep the loop busy a page waits for each. What runs here is synchronous, so it goes
there once, and once more to close what is sent piece by piece.
"""

from __future__ import annotations

import asyncio
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.http import FileResponse
from django.urls import set_script_prefix

from vivencia.lib.threads import OneThread
from vivencia.shell.security import Receive, Scope, Send

MOST_IDLE = 10  # threads: as many as pages and files are begun at once


class Pages(ASGIHandler):
    """All pages as one ASGI application."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)  # not the one between, which prepares for going to and fro
        self.load_middleware(is_async=False)
        self._idle: list[OneThread] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        thread = self._idle.pop() if self._idle else OneThread("page")
        try:
            with body:
                response = await thread.does(self._answer, scope, body)
                if response.streaming:
                    await self._stream(thread, response, receive, send)
                else:
                    await self.send_response(response, send)
        finally:
            if len(self._idle) < MOST_IDLE:
                self._idle.append(thread)
            else:
                thread.end()

    def _answer(self, scope: Scope, body: Any) -> Any:
        """The response; one that is whole has given back all it needed."""
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=type(self), scope=scope)
        request, refused = self.create_request(scope, body)
        response: Any = refused if request is None else self.get_response(request)
        response._handler_class = type(self)
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if not response.streaming:
            response.close()
        return response

    async def _stream(self, thread: OneThread, response: Any, receive: Receive, send: Send) -> None:
        """Send piece by piece, until whoever asked has gone."""
        async with ThreadSensitiveContext():
            sent = asyncio.ensure_future(self.send_response(response, send))
            gone = asyncio.ensure_future(receive())
            try:
                await asyncio.wait((sent, gone), return_when=asyncio.FIRST_COMPLETED)
                if sent.done():
                    sent.result()  # or what went wrong: the rest will be missed
            finally:
                sent.cancel()
                gone.cancel()
                await asyncio.gather(sent, gone, return_exceptions=True)
                await thread.does(response.close)
