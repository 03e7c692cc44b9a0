"""A server and a resolver on this machine, for tests of what is called elsewhere."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Local(ThreadingHTTPServer):
    """A server on this machine that notes what reaches it and answers as `reply` says."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        self.reply: Callable[[Answering], None] = lambda to: to.say(200, b"taken")

    def __enter__(self) -> Local:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever called hung up: that is what some tests are about."""

    def url(self, host: str = "gateway.test", path: str = "/send?x=1") -> str:
        return f"http://{host}:{self.server_port}{path}"


class Answering(BaseHTTPRequestHandler):
    server: Local

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.heard.append((self.path, dict(self.headers), body))
        self.server.reply(self)

    def say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing while tests run."""


class Names:
    """A resolver of this test: each name answers its lists in turn, the last one for ever.
    Addresses are read by the system itself, in all the forms it knows."""

    def __init__(self, **names: list[list[str]]) -> None:
        self.names = {name.replace("_", "."): answers for name, answers in names.items()}
        self.asked: Counter[str] = Counter()
        self._system = socket.getaddrinfo

    def __call__(self, host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        if host not in self.names:
            more["flags"] = socket.AI_NUMERICHOST if host != "localhost" else 0
            return self._system(host, port, *rest, **more)
        answers = self.names[host]
        found = answers[min(self.asked[host], len(answers) - 1)]
        self.asked[host] += 1
        return [entry for one in found for entry in self._system(one, port, *rest, **more)]
