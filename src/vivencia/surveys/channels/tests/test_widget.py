"""The widget: small, without cookies, and framed only where somebody said."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import html
import re

import pytest
from django.test import Client

from vivencia.surveys.answering.tests.kit import facts_of, published, told
from vivencia.surveys.answering.tests.test_page import older
from vivencia.surveys.builder.actions import close
from vivencia.surveys.channels import reading, sharing, widget
from vivencia.surveys.models import Share, Survey

pytestmark = pytest.mark.django_db
SHOP = "https://shop.example"
MOST_BYTES = 15 * 1024


def widget_of(survey: Survey, *origins: str) -> str:
    """The token of the survey's widget."""
    share = sharing.widget_of(None, survey)
    Share.objects.filter(pk=share.pk).update(origins=list(origins))
    return sharing.token_of(share)


class Frame:
    """The frame as a browser that keeps no cookie: it sends the forms it was shown."""

    def __init__(self, token: str, query: str = "") -> None:
        self.path, self.token = f"/f/{token}", token
        self.page = ""
        self.seen(Client(headers={"accept-language": "es"}).get(self.path + query))

    def send(self, **answers: object) -> int:
        fields = dict(re.findall(r'name="(_\w+)" value="([^"]*)"', self.page))
        fields = {name: html.unescape(value) for name, value in fields.items()}
        fields = {name: one for name, one in fields.items() if name not in ("_finish", "_switch")}
        fields["_seal"] = older(self.token, fields["_seal"], 4000)
        return self.seen(Client().post(self.path, {**fields, **answers}))

    def seen(self, answer: object) -> int:
        self.answer = answer
        self.page = answer.content.decode()  # type: ignore[attr-defined]
        return answer.status_code  # type: ignore[attr-defined, no-any-return]


def test_the_script_is_small_and_for_every_site() -> None:
    token = widget_of(published(), SHOP)
    answer = Client().get(f"/w/{token}.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert len(answer.content) < MOST_BYTES
    assert len(gzip.compress(answer.content)) < MOST_BYTES // 3
    assert not answer.cookies


def test_a_survey_that_is_over_opens_nothing() -> None:
    survey = published()
    token = widget_of(survey, SHOP)
    close(None, survey)
    assert b"dialog" not in Client().get(f"/w/{token}.js").content
    assert b"dialog" not in Client().get("/w/nobody-made-this.js").content


def test_only_the_named_sites_may_frame_it_and_nothing_is_kept() -> None:
    frame = Frame(widget_of(published(), SHOP, "http://localhost:3000"))
    policy = frame.answer["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors {SHOP} http://localhost:3000")
    assert "script-src 'self';" in policy
    assert not frame.answer.cookies


def test_an_ordinary_link_is_framed_nowhere() -> None:
    share = sharing.open_link(None, published())
    token = sharing.token_of(share)
    answer = Client().get(f"/f/{token}")
    assert (answer.status_code, answer["Content-Security-Policy"][-6:]) == (404, "'none'")


def test_the_frame_goes_on_by_its_forms_alone() -> None:
    frame = Frame(widget_of(published(), SHOP))
    assert frame.send(nps="6") == 200
    frame.send(why="Tarde")
    frame.send(ease="2", feel="sad")
    assert "Lo miraremos." in frame.page
    assert told() == [("survey.answered", "nps", 6000), ("survey.rated", "ces7", 2000)]
    assert facts_of(1)["entry"] == "open"


def test_a_signed_customer_is_identified_and_answers_once() -> None:
    survey = published()
    token = widget_of(survey, SHOP)
    key = reading.key_of(survey).encode()
    signature = hmac.new(key, b"C-17", hashlib.sha256).hexdigest()  # as docs/channels.md says
    query = f"?customer=C-17&signature={signature}"
    frame = Frame(token, query)
    frame.send(nps="9")
    frame.send()
    frame.send(ease="7")
    assert facts_of(1)["entry"] == "identified"
    assert "Ya habíamos recibido su respuesta" in Frame(token, query).page


def test_a_wrong_signature_names_nobody() -> None:
    frame = Frame(widget_of(published(), SHOP), "?customer=C-17&signature=" + "0" * 64)
    frame.send(nps="9")
    frame.send()
    frame.send(ease="7")
    assert facts_of(1)["entry"] == "open"


def test_the_script_asks_for_nothing_but_its_own_server() -> None:
    source = widget.SCRIPT.read_text()
    assert not re.search(r"cookie\s*=|https?://|eval\(|innerHTML|setAttribute\(.style", source)
