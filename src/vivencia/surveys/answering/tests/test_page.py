"""The public page: it shows without recording, answers without scripts, and gives nothing away."""

from __future__ import annotations

import html
import re

import pytest
from django.http import HttpResponse
from django.test import Client

from vivencia.lib.clock import now_ms
from vivencia.shell.logs import redacted
from vivencia.surveys.answering import actions, links, tokens
from vivencia.surveys.answering.tests.kit import ACCOUNT, database, facts_of, published, told
from vivencia.surveys.answering.views import SECRET
from vivencia.surveys.models import Survey

pytestmark = pytest.mark.django_db
TABLES = ("surveys_draft", "surveys_spent", "surveys_waiting", "interactions", "vault_texts")


class Browser:
    """A browser without scripts: it keeps cookies and sends the forms it was shown."""

    def __init__(self, survey: Survey, language: str = "es", **more: object) -> None:
        _, self.token = actions.make_link(survey, **more)  # type: ignore[arg-type]
        self.client = Client(headers={"accept-language": language})
        self.path = f"/s/{self.token}"
        self.page = ""

    def get(self, query: str = "") -> HttpResponse:
        return self._seen(self.client.get(self.path + query))

    def send(self, *, wait_ms: int = 4000, **answers: object) -> HttpResponse:
        """Fill in the form shown and press its button, following where that leads."""
        fields = dict(re.findall(r'name="(_\w+)" value="([^"]*)"', self.page))
        fields = {name: html.unescape(value) for name, value in fields.items()}
        fields.pop("_finish", None)
        fields.pop("_switch", None)
        fields["_seal"] = older(self.token, fields.get("_seal", ""), wait_ms)
        answer = self.client.post(self.path, {**fields, **answers})
        if answer.status_code == 303:
            return self._seen(self.client.get(answer["Location"]))
        return self._seen(answer)

    def _seen(self, answer: HttpResponse) -> HttpResponse:
        self.page = answer.content.decode()
        return answer


def older(token: str, value: str, by_ms: int) -> str:
    """The seal of a page that was shown `by_ms` earlier: people take their time."""
    link = tokens.digest_of(token)
    seal = tokens.unsealed(SECRET, link, value)
    return tokens.sealed(SECRET, link, seal._replace(at=seal.at - by_ms)) if seal else value


def rows() -> dict[str, int]:
    return {
        table: database().execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES
    }


def test_a_person_without_scripts_answers_step_by_step() -> None:
    browser = Browser(published())
    assert "¿Nos recomendaría?" in browser.get().content.decode()
    assert "¿Por qué?" not in browser.page  # one question first
    browser.send(nps="6")
    assert "Su nota, un 6, ya está guardada." in browser.page
    assert "¿Por qué?" in browser.page
    assert told() == []
    browser.send(why="La cuenta bien; abrirla, un viacrucis.")
    assert "Nos lo puso fácil" in browser.page
    done = browser.send(ease="2", feel="sad")
    assert (done.status_code, "Lo miraremos." in browser.page) == (200, True)
    assert told() == [("survey.answered", "nps", 6000), ("survey.rated", "ces7", 2000)]
    assert facts_of(1)["entry"] == "invited"
    assert "Ya habíamos recibido su respuesta" in browser.get().content.decode()


def test_looking_records_nothing_however_often() -> None:
    browser = Browser(published())
    before = rows()
    for query in ("", "?score=9", "?lang=en", "?step=_score", "?done"):
        assert browser.get(query).status_code == 200
        assert browser.client.head(browser.path + query).status_code == 200
    assert browser.client.options(browser.path).status_code == 405
    assert rows() == before


def test_one_click_in_a_mail_chooses_and_a_second_records() -> None:
    browser = Browser(published(), channel="email")
    browser.get("?score=9")
    assert re.search(r'value="9"[^>]* checked', browser.page)
    assert told() == []
    browser.send(nps="9")
    actions.close_due(now_ms() + 31 * 60_000)
    assert told() == [("survey.answered", "nps", 9000)]


def test_errors_stand_at_the_question_and_keep_what_was_typed() -> None:
    browser = Browser(published(), language="en")
    browser.get()
    answer = browser.send()
    assert answer.status_code == 422
    assert "Choose a score." in browser.page
    browser.send(nps="9")
    browser.send(why="x" * 10)
    answer = browser.send(feel="other", **{"feel.other": 'a "quoted" <b>'})
    assert answer.status_code == 422
    assert 'id="ease-problem"' in browser.page
    assert "a &quot;quoted&quot; &lt;b&gt;" in browser.page
    assert told() == []


def test_bad_input_29_a_text_of_a_megabyte_is_refused_and_kept_in_the_form() -> None:
    browser = Browser(published(), language="en")
    browser.get()
    browser.send(nps="3")
    text = "tardó mucho " * 90_000
    answer = browser.send(why=text)
    assert answer.status_code == 422
    assert "10000 characters" in browser.page
    assert text.strip() in browser.page
    browser.send(why="tardó mucho")
    assert "We made it easy" in browser.page


@pytest.mark.parametrize(
    "words",
    [
        "{{config}} ${7*7} {% csrf_token %} {nps}",
        "😀 ñandú مرحبا nāhuatlahtōlli",
        "<img src=x onerror=1>",
    ],
)
def test_bad_inputs_25_30_32_words_are_words(words: str) -> None:
    piped = ACCOUNT | {"thanks": [{"text": {"es": "Dijo: {why}", "en": "You said: {why}"}}]}
    browser = Browser(published(piped))
    browser.get()
    browser.send(nps="3")
    browser.send(why=words)
    browser.send(ease="1")
    assert html.escape(f"Dijo: {words}") in browser.page
    assert database().execute("SELECT text FROM vault_texts").fetchone() == (words,)


def test_bad_input_38_unknown_expired_and_used_elsewhere_are_one_page() -> None:
    survey = published()
    used, expired = Browser(survey), Browser(survey, expires_at=now_ms() - 1)
    used.get()
    for answers in ({"nps": "9"}, {"why": ""}, {"ease": "5"}):
        used.send(**answers)
    paths = (used.path, expired.path, f"/s/{tokens.new_token()}", "/s/x")
    seen = {(a.status_code, a.content) for a in (fresh().get(path) for path in paths)}
    assert len(seen) == 1
    assert seen.pop()[0] == 404
    posted = {(a.status_code, a.content) for a in (fresh().post(path) for path in paths)}
    assert len(posted) == 1


def fresh() -> Client:
    return Client(headers={"accept-language": "es"})


def test_control_a_living_link_is_no_404() -> None:
    assert fresh().get(Browser(published()).path).status_code == 200


def test_bad_input_39_sent_twice_is_one_answer() -> None:
    browser = Browser(published())
    browser.get()
    browser.send(nps="9")
    browser.send()
    last = browser.page
    browser.send(ease="5")
    browser.page = last  # the back button, and the same form once more
    again = browser.send(ease="1")
    assert "Ya habíamos recibido" in again.content.decode()
    assert told() == [("survey.answered", "nps", 9000), ("survey.rated", "ces7", 5000)]


def test_a_browser_without_cookies_goes_on_by_its_forms() -> None:
    browser = Browser(published())
    browser.get()
    for answers in ({"nps": "9"}, {"why": "…"}, {"ease": "5"}):
        browser.client.cookies.clear()
        browser.send(**answers)
    assert "Nos alegra." in browser.page
    assert told() == [("survey.answered", "nps", 9000), ("survey.rated", "ces7", 5000)]


def test_the_language_changes_and_what_was_typed_stays() -> None:
    browser = Browser(published())
    browser.get()
    browser.send(nps="9")
    browser.send(_switch="en", why="a medio escribir")
    assert "Why?" in browser.page
    assert "a medio escribir" in browser.page
    assert browser.client.get(browser.path)["Content-Language"] == "es"  # nothing was recorded
    browser.send(why="written")
    assert browser.client.get(browser.path)["Content-Language"] == "en"


def test_the_address_leaves_no_trace() -> None:
    browser = Browser(published())
    answer = browser.get()
    assert answer["Referrer-Policy"] == "no-referrer"
    assert f"Path={browser.path}" in answer.cookies[tokens.COOKIE].OutputString()
    assert browser.token not in redacted(f"GET {browser.path}?score=9 failed")


def test_an_open_link_takes_many_and_a_replay_is_told_to_refresh() -> None:
    survey = published()
    one = Browser(survey, entry=links.OPEN)
    for n in range(3):
        one.client.cookies.clear()
        one.get()
        first = one.page
        one.send(nps=str(n))
        one.send()
        one.send(ease="5")
    assert len([kind for kind, *_ in told() if kind == "survey.answered"]) == 3
    one.client.cookies.clear()
    one.page = first
    assert one.send(nps="0").status_code == 409
    assert "Recargue la página" in one.page or "Refresh" in one.page
    one.page = re.sub(r'name="_seal" value="[^"]*"', 'name="_seal" value="forged"', first)
    assert one.send(nps="0").status_code == 409
    assert len(told()) == 6


def test_a_signed_customer_is_identified_and_answers_once() -> None:
    survey = published()
    signed = tokens.signature(SECRET, survey.slug, "C-7")
    query = f"?customer=C-7&signature={signed}"
    browser = Browser(survey, entry=links.OPEN)
    for _ in range(2):
        browser.client.cookies.clear()
        browser.get(query)
        for answers in ({"nps": "9"}, {}, {"ease": "5"}):
            browser.send(**answers)
    assert told() == [("survey.answered", "nps", 9000), ("survey.rated", "ces7", 5000)]
    assert facts_of(1)["entry"] == "identified"
    who = "SELECT value FROM identities i JOIN interactions l ON l.identity = i.key"
    assert {row[0] for row in database().execute(who)} == {"C-7"}


def test_a_forged_customer_is_only_somebody() -> None:
    survey = published()
    browser = Browser(survey, entry=links.OPEN)
    browser.get(f"?customer=C-7&signature={'0' * 64}")
    for answers in ({"nps": "9"}, {}, {"ease": "5"}):
        browser.send(**answers)
    assert facts_of(1)["entry"] == "open"
    assert database().execute("SELECT identity FROM interactions").fetchone() == (0,)


def test_the_look_is_a_stylesheet_of_its_own() -> None:
    own = ACCOUNT | {"look": {"accent": "#0b3d91", "background": "#ffffff", "text": "#111111"}}
    page = Browser(published(own)).get().content.decode()
    address = re.search(r'href="(/s/look/[^"]+)"', page)
    assert address
    sheet = fresh().get(address[1])
    assert sheet["Content-Type"].startswith("text/css")
    assert "--accent: #0b3d91" in sheet.content.decode()
