"""Links for all: made, shown again, drawn as a code, printed and ended on a page."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from vivencia.lib.clock import DAY_MS, now_ms
from vivencia.lib.errors import BadInput
from vivencia.people.models import User
from vivencia.people.policy import ADMINISTRATOR, ANALYST, MANAGER
from vivencia.surveys.answering.tests.kit import database, published
from vivencia.surveys.channels.drawing import qr
from vivencia.surveys.channels.sharing import origins_of

pytestmark = pytest.mark.django_db


def signed_in(role: str = ADMINISTRATOR, language: str = "en") -> Client:
    user, _ = User.objects.get_or_create(email=f"{role}@example.org", role=role)
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def test_a_link_for_all_is_made_shown_again_and_leads_to_the_survey() -> None:
    published()
    client = signed_in()
    client.post("/surveys/cuenta/share/make/", {"label": "Counter", "days": "10"})
    page = client.get("/surveys/cuenta/share/").content.decode()
    (address,) = re.findall(r'value="http://[^/]+(/s/[\w-]{22})"', page)
    assert "Counter" in page
    assert Client().get(address).status_code == 200
    assert address[3:].encode() not in b"".join(
        bytes(row[0]) for row in database().execute("SELECT token FROM surveys_share")
    )
    expires = database().execute("SELECT expires_at FROM surveys_link").fetchone()[0]
    assert abs(expires - now_ms() - 10 * DAY_MS) < 60_000


def test_a_link_that_was_ended_leads_nowhere_and_a_stranger_can_not_end_it() -> None:
    published()
    client = signed_in()
    client.post("/surveys/cuenta/share/make/")
    page = client.get("/surveys/cuenta/share/").content.decode()
    (address,) = re.findall(r'value="http://[^/]+(/s/[\w-]{22})"', page)
    (ending,) = re.findall(r'action="(/surveys/cuenta/share/\d+/end/)"', page)
    assert signed_in(ANALYST).post(ending).status_code == 404
    assert Client().get(address).status_code == 200
    client.post(ending)
    assert Client().get(address).status_code == 404


def test_the_code_is_an_svg_of_its_own_without_anything_inline() -> None:
    published()
    client = signed_in()
    client.post("/surveys/cuenta/share/make/")
    page = client.get("/surveys/cuenta/share/").content.decode()
    (source,) = re.findall(r'src="(/surveys/cuenta/share/\d+/qr\.svg)"', page)
    answer = client.get(source)
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<svg")
    assert not re.search(rb"style|script|\son\w+=|<a\b", answer.content)
    assert b"viewBox" in answer.content
    poster = client.get(source.replace("qr.svg", "poster/")).content.decode()
    assert source in poster
    assert "/s/" in poster


def test_two_addresses_have_two_codes() -> None:
    assert qr("https://a.example/s/1") != qr("https://a.example/s/2")


def test_a_draft_is_not_shared() -> None:
    from vivencia.surveys.answering.tests.kit import ACCOUNT
    from vivencia.surveys.builder.actions import create

    create(None, ACCOUNT, slug="borrador")
    answer = signed_in().post("/surveys/borrador/share/make/")
    assert answer.status_code == 409
    assert "Publish the survey before you share it." in answer.content.decode()


def test_sites_are_origins_and_nothing_else() -> None:
    assert origins_of("https://A.example\nhttps://b.example:8443/ http://localhost:3000") == [
        "https://a.example", "https://b.example:8443", "http://localhost:3000",
    ]  # fmt: skip
    for odd in ("http://a.example", "https://a.example/path", "a.example", "https://*.example",
                "https://a.example;script-src", "https://u@a.example", "javascript:1"):  # fmt: skip
        with pytest.raises(BadInput):
            origins_of(odd)


def test_only_administrators_see_the_key_that_signs() -> None:
    published()
    client = signed_in()
    client.post("/surveys/cuenta/share/sites/", {"origins": "https://shop.example"})
    assert re.search(
        r'<code class="long">[0-9a-f]{64}<', client.get("/surveys/cuenta/share/").content.decode()
    )
    shown = signed_in(MANAGER).get("/surveys/cuenta/share/").content.decode()
    assert 'class="long"' not in shown
    assert "https://shop.example" in shown
