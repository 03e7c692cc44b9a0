"""S2: every answer carries the headers. S23: logs and errors give nothing away. S25: as installed
it is safe."""

import asyncio
import logging
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from vivencia.shell.logs import Redacting, redacted
from vivencia.shell.security import HEADERS, POLICY, secured

PARAMETERS = {"str": "x", "int": "1", "slug": "x", "uuid": "0" * 8 + "-0000-0000-0000-" + "0" * 12}


def addresses(resolver: URLResolver | None = None, before: str = "/") -> list[str]:
    """An example of every address, its parameters filled in."""
    import re

    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        text = before + re.sub(
            r"<(?:(\w+):)?\w+>", lambda m: PARAMETERS.get(m[1] or "str", "x"), str(entry.pattern)
        ).lstrip("^").rstrip("$")
        is_leaf = isinstance(entry, URLPattern)
        found += [text] if is_leaf else addresses(entry, text)
    return found


def ask(app: Any, path: str, method: str = "GET", headers: dict[str, str] | None = None) -> Any:
    """(status, headers, body) of one request to an ASGI application."""
    sent: list[dict[str, Any]] = []
    given = {"host": "127.0.0.1", **(headers or {})}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
        "headers": [(k.encode(), v.encode()) for k, v in given.items()],
    }  # fmt: skip

    bodies = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0)
        for message in bodies:
            return message
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body


@pytest.fixture
def application() -> Any:
    from vivencia.shell.asgi import application

    return application


@pytest.mark.django_db(transaction=True)
def test_every_route_carries_every_header(application: Any) -> None:
    asked = [*addresses(), "/nowhere/", "/static/vivencia/tokens.css", "/static/nowhere", "//"]
    assert len(asked) > 20
    for path in asked:
        for method in ("GET", "POST", "OPTIONS", "TRACE"):
            status, headers, _ = ask(application, path, method)
            missing = [name for name in HEADERS if name not in headers]
            assert not missing, (method, path, missing)
            assert headers[b"content-security-policy"] == POLICY.encode()
            not_ready = path == "/readyz" and status == 503  # nobody owns the columns here
            assert status < 500 or not_ready, (method, path)


def test_the_policy_forbids_what_it_should() -> None:
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    for rule in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert rule in POLICY


@pytest.mark.parametrize(
    ("headers", "method", "status"),
    [
        ({"host": "evil.example"}, "GET", 400),
        ({"host": "127.0.0.1:8000"}, "GET", 200),
        ({"host": "[::1]:8000"}, "GET", 200),
        ({"content-length": "-1"}, "POST", 400),
        ({}, "TRACE", 405),
        ({}, "CONNECT", 405),
    ],
)
def test_impossible_requests_stop_before_any_room(
    headers: dict[str, str], method: str, status: int
) -> None:
    async def inside(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    assert ask(secured(inside, settings.ALLOWED_HOSTS), "/", method, headers)[0] == status


@pytest.mark.parametrize(("language", "said"), [("es-MX", "parando"), ("en", "stopping")])
def test_who_still_waits_when_the_server_ends_is_told_to_come_back(
    language: str, said: str
) -> None:
    async def inside(scope: Any, receive: Any, send: Any) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await receive()

    app = secured(inside, settings.ALLOWED_HOSTS)
    status, headers, body = ask(app, "/", headers={"accept-language": language})
    assert (status, headers[b"retry-after"], headers[b"connection"]) == (503, b"5", b"close")
    assert said in body.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("length", ["99999999", "9" * 5000])
def test_a_body_too_long_is_refused_by_its_length(application: Any, length: str) -> None:
    assert ask(application, "/login/", "POST", {"content-length": length})[0] == 413


def test_control_without_the_wrapper_the_headers_are_missing() -> None:
    async def bare(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    assert b"content-security-policy" not in ask(bare, "/")[1]


def test_files_come_with_validators_and_no_django(application: Any) -> None:
    status, headers, body = ask(application, "/static/vivencia/tokens.css")
    assert status == 200
    assert headers[b"content-type"].startswith(b"text/css")
    assert body.startswith(b"/*") or b"--" in body
    again = ask(
        application, "/static/vivencia/tokens.css",
        headers={"if-none-match": headers[b"etag"].decode()},
    )  # fmt: skip
    assert again[0] == 304
    for path in ("/static/../settings.py", "/static/%2e%2e/settings.py", "/static/"):
        assert ask(application, path)[0] == 404


# ------------------------------------------------------------------ S23
CANARIES = {
    "clara.ejemplo@correo.example": "[e-mail]",
    "viv_abcdEFGH_" + "k" * 43: "viv_[key]",
    "/start/tOkEnTokenTokenTokenToken": "/start/[token]",
    "password=Tulipan-77": "password=[hidden]",
    "+34 600 111 222": "[number]",
    "4111 1111 1111 1111": "[number]",
    "Bearer abcdefghijklmno": "Bearer [token]",
    '"csrfmiddlewaretoken": "aaaabbbbcccc"': "[hidden]",
}


@pytest.mark.parametrize("canary", CANARIES)
def test_a_line_of_the_log_hides_what_is_secret(canary: str) -> None:
    line = redacted(f"Not Found: {canary} from 10.0.0.1")
    assert canary not in line
    assert CANARIES[canary] in line


def test_control_a_plain_line_tells_everything() -> None:
    for canary in CANARIES:
        record = logging.LogRecord("x", 40, "", 0, "Not Found: %s", (canary,), None)
        assert canary in logging.Formatter("%(message)s").format(record)
        assert canary not in Redacting("%(message)s").format(record)


def test_a_line_stays_one_line() -> None:
    assert redacted("a\r\n2026 ERROR forged\x1b[31m\u2028b") == (
        r"a\r\n2026 ERROR forged\x1b[31m\u2028b"
    )


def test_times_and_places_stay_readable() -> None:
    line = "2026-11-21 20:30:27,123 WARNING django.request: Not Found: /people/12/"
    assert redacted(line) == line


def test_an_exception_leaves_its_place_not_its_words() -> None:
    try:
        raise ValueError("clara.ejemplo@correo.example said 4111111111111111")
    except ValueError:
        record = logging.LogRecord("x", 40, "", 0, "failed", (), sys.exc_info())
    text = Redacting("%(message)s").format(record)
    assert "ValueError" in text
    assert "test_security.py" in text
    assert "clara" not in text
    assert "4111" not in text


@pytest.mark.django_db
def test_a_failure_shows_no_trace(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("canary-7731")

    monkeypatch.setattr("vivencia.people.reading.link_is_alive", fail)
    client.raise_request_exception = False
    answer = client.get("/start/x")
    assert answer.status_code == 500
    assert b"canary-7731" not in answer.content
    assert b"Traceback" not in answer.content


# ------------------------------------------------------------------ S25
def run(code: str, data: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    base = {k: v for k, v in os.environ.items() if not k.startswith("VIVENCIA_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**base, "VIVENCIA_DATA": str(data), **environ},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


CHECK = (
    "import django; django.setup();"
    "from django.core.management import call_command;"
    "call_command('check', deploy=True, fail_level='WARNING')"
)


@pytest.mark.parametrize("url", ["", "https://vivencia.example.org"])
def test_check_deploy_finds_nothing(tmp_path: Path, url: str) -> None:
    done = run(CHECK, tmp_path / "data", VIVENCIA_URL=url)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_control_debug_is_found(tmp_path: Path) -> None:
    assert run(CHECK, tmp_path / "data", VIVENCIA_DEBUG="1").returncode != 0


def test_a_fresh_installation_lets_nobody_in(tmp_path: Path) -> None:
    code = (
        "from vivencia.lib.datadir import DataDir; from vivencia.cli.ready import ready;"
        "ready(DataDir.chosen());"
        "from django.conf import settings; from vivencia.people.models import User, ApiKey;"
        "assert not settings.DEBUG; assert not User.objects.exists();"
        "assert not ApiKey.objects.exists();"
        "assert set(settings.ALLOWED_HOSTS) == {'127.0.0.1', 'localhost', '[::1]'}"
    )
    data = tmp_path / "data"
    done = run(f"import os; os.umask(0o077); {code}", data)
    assert done.returncode == 0, done.stderr
    for file in [data, *data.rglob("*")]:
        assert not stat.S_IMODE(file.stat().st_mode) & 0o077, file


def test_a_promised_secret_that_is_missing_stops_the_start(tmp_path: Path) -> None:
    done = run(CHECK, tmp_path / "data", VIVENCIA_SECRET_FILE=str(tmp_path / "absent"))
    assert done.returncode != 0
    assert "can not be read" in done.stderr
