"""What a stranger, or another page in somebody's browser, may try on the running server."""

from __future__ import annotations

import http.client
import re
import socket
import urllib.parse
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import schemathesis
from django.urls import Resolver404, ResolverMatch, resolve
from hypothesis import HealthCheck, settings

from vivencia.columns.tests.made import interactions, write
from vivencia.interactions.tests.intake_kit import new_installation, new_key
from vivencia.lib.datadir import DataDir
from vivencia.shell.api import openapi
from vivencia.shell.tests.serving import PATIENCE_S, Served, cookies_of
from vivencia.shell.tests.test_security import addresses

EMAIL, PASSWORD = "ana@example.org", "seven pears and a lamp"
EVIL = "http://evil.example"
TOKEN = re.compile(r'csrfmiddlewaretoken" value="(\w+)"')


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    data = new_installation(tmp_path_factory.mktemp("attacks") / "data")
    write(data, interactions(3_000))
    return data


@pytest.fixture(scope="module")
def served(data: DataDir) -> Iterator[Served]:
    server = Served(data.path)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def session(served: Served) -> str:
    return served.join()


def post(
    served: Served, path: str, form: dict[str, str], cookies: str, **headers: str
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE_S)
    sent = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded", **headers}
    connection.request("POST", path, urllib.parse.urlencode(form), sent)
    return connection.getresponse()


def token_of(served: Served, cookies: str, path: str = "/account/") -> tuple[str, str]:
    """(the token a page of ours carries, all cookies to send with it)."""
    page = served.ask(path, cookies=cookies)
    found = TOKEN.search(page.read().decode())
    assert found
    return found[1], "; ".join(filter(None, (cookies, cookies_of(page))))


# ------------------------------------------------------------------ another page's forms
# Doors of programs and mails: each asks for a seal or secret of its own instead of a token.
EXEMPT = {
    "kiosk_answers", "mail_events", "survey", "survey_framed", "texts_in", "unsubscribe",
}  # fmt: skip


def pages() -> dict[str, ResolverMatch]:
    """Every page by an example of its address."""
    found = {}
    for path in addresses():
        with suppress(Resolver404):  # an address that is a pattern of its own has no example here
            found[path] = resolve(path)
    return {path: match for path, match in found.items() if not path.startswith("/api/")}


def test_whatever_takes_forms_without_a_token_is_listed_here() -> None:
    exempt = {m.url_name for m in pages().values() if getattr(m.func, "csrf_exempt", False)}
    assert exempt <= EXEMPT


def test_no_page_takes_the_form_of_another_origin(served: Served, session: str) -> None:
    token, cookies = token_of(served, session)
    own = f"http://127.0.0.1:{served.port}"
    asked = [path for path, match in pages().items() if match.url_name not in EXEMPT]
    assert len(asked) > 40
    for path in asked:
        form = {"csrfmiddlewaretoken": token}
        without = post(served, path, {}, cookies, Origin=own)
        foreign = post(served, path, form, cookies, Origin=EVIL)
        blind = post(served, path, form, cookies, Origin="null")
        assert {without.status, foreign.status, blind.status} == {403}, path
    control = [post(served, path, {"csrfmiddlewaretoken": token}, cookies, Origin=own).status
               for path in ("/account/", "/settings/", "/imports/")]  # fmt: skip
    assert 403 not in control


def test_a_session_opens_no_door_that_writes_by_key(served: Served, session: str) -> None:
    for path in (*(path for path in addresses() if path.startswith("/api/")), "/v1/track"):
        assert post(served, path, {}, session, Origin=EVIL).status in (401, 403, 404, 405), path
    assert post(served, "/api/v1/interactions", {}, session, Origin=EVIL).status == 401


# ------------------------------------------------------------------ where one is sent
ELSEWHERE = (
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example",
    "\\\\evil.example", "/\t/evil.example", "\t//evil.example", "https:evil.example",
    "http:///evil.example", "javascript:alert(1)", "/%0d%0aLocation:%20//evil.example",
    "/\r\nLocation: https://evil.example", "//evil.example\\@127.0.0.1", "data:text/html,x",
    "/../../evil.example//", "http://127.0.0.1@evil.example/",
)  # fmt: skip


def leads_elsewhere(location: str, own: str) -> bool:
    """As browsers read an address: without tabs and ends of line, `\\` as `/`, many `/` as two."""
    read = re.sub(r"[\t\r\n]", "", location).strip().replace("\\", "/")
    read = re.sub(r"^/{2,}", "//", read)
    target = urllib.parse.urlsplit(urllib.parse.urljoin(own, read))
    return f"{target.scheme}://{target.netloc}" != own


@pytest.mark.parametrize("where", ELSEWHERE)
def test_nobody_is_sent_elsewhere(served: Served, session: str, where: str) -> None:
    own = f"http://127.0.0.1:{served.port}"
    token, cookies = token_of(served, session)
    form = {"csrfmiddlewaretoken": token, "next": where, "language": "en"}
    query = urllib.parse.urlencode({"next": where})
    for path in ("/language/", f"/language/?{query}"):
        answer = post(served, path, form, cookies, Origin=own)
        assert answer.status == 302
        assert not leads_elsewhere(answer.headers["Location"], own), path
    assert answer.headers.get_all("Location") == [answer.headers["Location"]]
    token, cookies = token_of(served, "", "/login/")
    form = {"csrfmiddlewaretoken": token, "login": EMAIL, "password": PASSWORD, "next": where}
    answer = post(served, f"/login/?{query}", form, cookies, Origin=own)
    assert answer.status == 302
    assert not leads_elsewhere(answer.headers["Location"], own)
    signed = cookies_of(answer)
    answer = served.ask(f"/login/?{query}", cookies=signed)  # who is in is sent on
    assert not leads_elsewhere(answer.headers["Location"] or "/", own)


def test_control_one_of_our_own_pages_is_gone_to(served: Served, session: str) -> None:
    own = f"http://127.0.0.1:{served.port}"
    token, cookies = token_of(served, session)
    form = {"csrfmiddlewaretoken": token, "next": "/scores/?by=channel", "language": "en"}
    answer = post(served, "/language/", form, cookies, Origin=own)
    assert answer.headers["Location"] == "/scores/?by=channel"
    assert all(leads_elsewhere(where, own) for where in ELSEWHERE[:4])


# ------------------------------------------------------------------ sessions
def test_a_session_that_was_planted_is_not_the_one_that_is_opened(served: Served) -> None:
    token, cookies = token_of(served, "", "/login/")
    planted = f"{cookies}; vivencia=plantedplantedplantedplanted"
    form = {"csrfmiddlewaretoken": token, "login": EMAIL, "password": PASSWORD}
    answer = post(served, "/login/", form, planted)
    assert answer.status == 302
    opened = cookies_of(answer)
    assert "vivencia=" in opened
    assert "plantedplanted" not in opened
    assert served.ask("/account/", cookies=opened).status == 200
    for stale in (planted, cookies):
        assert served.ask("/account/", cookies=stale).status == 302


def test_a_session_that_was_left_opens_nothing(served: Served) -> None:
    token, cookies = token_of(served, "", "/login/")
    form = {"csrfmiddlewaretoken": token, "login": EMAIL, "password": PASSWORD}
    opened = cookies_of(post(served, "/login/", form, cookies))
    token, opened = token_of(served, opened)
    assert post(served, "/logout/", {"csrfmiddlewaretoken": token}, opened).status == 302
    assert served.ask("/account/", cookies=opened).status == 302


# ------------------------------------------------------------------ addresses and names
def raw(served: Served, head: str) -> bytes:
    with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE_S) as connection:
        connection.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode())
        said = b""
        while part := connection.recv(65536):
            said += part
        return said


@pytest.mark.parametrize(
    "path",
    [
        "/static/../vivencia.sqlite3", "/static/../../../../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/settings.py", "/static/..%2fsettings.py",
        "/static/%252e%252e/settings.py", "/static//etc/passwd", "/static/..\\settings.py",
        "/static/vivencia/%00tokens.css", "/static/vivencia/", "/static/./vivencia/tokens.css",
    ],
)  # fmt: skip
def test_only_the_files_that_come_with_us_are_given(served: Served, path: str) -> None:
    said = raw(served, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1")
    assert said.split(b"\r\n")[0].split(b" ")[1] in (b"400", b"404"), said[:200]
    good = raw(served, "GET /static/vivencia/tokens.css HTTP/1.1\r\nHost: 127.0.0.1")
    assert good.startswith(b"HTTP/1.1 200 ")  # the control


@pytest.mark.parametrize(
    "head",
    [
        "GET / HTTP/1.1\r\nHost: evil.example",
        "GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1.evil.example",
        "GET / HTTP/1.1\r\nHost: evil.example#@127.0.0.1",
        "GET / HTTP/1.1",
    ],
)
def test_another_name_is_not_answered_to(served: Served, head: str) -> None:
    for path in ("/", "/api/v1/scores/nps", "/api/v1/interactions", "/static/vivencia/tokens.css"):
        asked = re.sub(r"^(GET (?:http://[^/]+)?)/ ", rf"\1{path} ", head)
        assert raw(served, asked).startswith(b"HTTP/1.1 400 "), asked
    lying = "X-Forwarded-Host: evil.example\r\nForwarded: host=evil.example"
    said = raw(served, f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n{lying}")
    assert b"evil.example" not in said
    assert not said.startswith(b"HTTP/1.1 400 ")


NAMES = (
    "../../../../evil.csv", "..\\..\\evil.csv", "/etc/evil.csv", "evil\r\nX-Evil: 1.csv",
    'evil"; filename="other.csv', "evil\0.csv", "e" * 5_000 + ".csv", "\u202evsc.live",
    "....//evil.csv",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_file_goes_nowhere_but_to_its_place(
    served: Served, session: str, data: DataDir, name: str
) -> None:
    before = everything(data.path.parent) - everything(data.uploads)
    token, cookies = token_of(served, session)
    quoted = name.replace("\r\n", "%0d%0a").replace('"', "%22").encode()
    parts = [
        b'Content-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n' + token.encode(),
        b'Content-Disposition: form-data; name="file"; filename="' + quoted
        + b'"\r\nContent-Type: text/csv\r\n\r\ndate,nps\n2026-01-02,9\n',
    ]  # fmt: skip
    body = b"".join(b"--limit\r\n" + part + b"\r\n" for part in parts) + b"--limit--\r\n"
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE_S)
    headers = {"Cookie": cookies, "Content-Type": "multipart/form-data; boundary=limit"}
    connection.request("POST", "/imports/new/", body, headers)
    answer = connection.getresponse()
    assert answer.status < 500
    assert "X-Evil" not in answer.headers
    after = everything(data.path.parent) - everything(data.uploads)
    assert {path for path in after - before if "evil" in path.name or "vsc" in path.name} == set()
    assert not Path("/etc/evil.csv").exists()


def everything(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


# ------------------------------------------------------------------ the API for reading
@pytest.fixture(scope="module")
def reading(served: Served, data: DataDir) -> str:
    return new_key(data, "reader", "read customers")


schema = schemathesis.openapi.from_dict(openapi()).include(method="GET")


@schema.parametrize()
@settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_whatever_is_asked_has_an_answer_that_is_documented(
    case: schemathesis.Case, served: Served, reading: str
) -> None:
    case.call_and_validate(
        base_url=f"http://127.0.0.1:{served.port}",
        headers={"Authorization": f"Bearer {reading}"},
        checks=[
            schemathesis.checks.not_a_server_error,
            schemathesis.specs.openapi.checks.status_code_conformance,
            schemathesis.specs.openapi.checks.content_type_conformance,
            schemathesis.specs.openapi.checks.response_schema_conformance,
        ],
    )


def test_control_the_operations_are_asked_and_answer(served: Served, reading: str) -> None:
    paths = [path for path, each in openapi()["paths"].items() if "get" in each]
    assert len(paths) >= 4
    for path in paths:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE_S)
        asked = path.replace("{name}", "nps")
        connection.request("GET", asked, headers={"Authorization": f"Bearer {reading}"})
        assert connection.getresponse().status == 200, asked
