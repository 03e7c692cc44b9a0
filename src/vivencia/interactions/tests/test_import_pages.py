"""The pages of imports: what a person is asked, and what every bad answer gets."""

from __future__ import annotations

import io
import json
import random
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from vivencia.interactions.imports import arriving, drafts, form, running, saved
from vivencia.interactions.imports.drafts import Look
from vivencia.interactions.mapping import Mapping, guess_columns
from vivencia.interactions.models import Import, SavedMapping
from vivencia.lib.clock import now_ms
from vivencia.lib.errors import BadInput, BadMapping
from vivencia.people.models import AuditEntry, User

pytestmark = pytest.mark.django_db
ANSWERS = b"date,customer,nps,why,plan\n" + b"".join(
    b"2026-01-%02d,c%d,9,because it was good,gold\n" % (n % 28 + 1, n) for n in range(40)
)


@pytest.fixture
def analyst() -> User:
    return User.objects.create(email="ana@example.org", role="analyst")


@pytest.fixture
def page(analyst: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(analyst)
    return client


@pytest.fixture(autouse=True)
def nothing_stays():
    yield
    for path in settings.DATA.uploads.glob("*"):
        path.unlink()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine, no page of progress comes between."""
    for name in ("LOOKING_S", "TRYING_S", "IMPORTING_S"):
        monkeypatch.setattr(arriving, name, 300)


def send(page: Client, content: bytes = ANSWERS, name: str = "answers.csv"):
    file = io.BytesIO(content)
    file.name = name
    return page.post(reverse("import_new"), {"file": file})


def token_of(answer) -> str:
    return answer.url.split("/")[-2]


def made(**fields: object) -> Import:
    told = {
        "uid": b"u" * 16, "name": "old.csv", "file_digest": "f", "mapping": "{}", "source": 0,
        "mapping_digest": "m", "lineage": b"l" * 16, "started_at": now_ms(), "state": "done",
    }  # fmt: skip
    return Import.objects.create(**{**told, **fields})


def test_a_file_is_looked_at_and_its_columns_guessed(page: Client) -> None:
    answer = send(page)
    text = page.get(answer.url).content.decode()
    assert 'value="happened_at" selected' in text
    assert 'value="score:nps" selected' in text
    assert "1 value: a fact?" in text
    kept = list(settings.DATA.uploads.glob("*.csv"))
    assert [path.stat().st_mode & 0o777 for path in kept] == [0o600]
    assert "answers" not in kept[0].name
    assert "answers.csv" in page.get(reverse("imports")).content.decode()


def test_a_page_of_progress_is_read_anew_once_there_is_more_to_show(page: Client) -> None:
    """It asks by itself how far it is; the next page, put in its place, stood inside it."""
    answer = send(page)
    token = token_of(answer)
    trial = drafts.Trial(40, 40, 40, 0, {}, 0, 0, [], [], [], None, grows=False)
    tried = drafts.Work("check", now_ms(), "done", trial=trial)
    drafts.save_work(settings.DATA, token, tried)
    for path in (answer.url, reverse("import_check", args=[token])):
        assert "<h1" in page.get(path).content.decode()
        part = page.get(path, headers={"HX-Request": "true"})
        assert (part.headers.get("HX-Refresh"), part.content) == ("true", b"")


def test_an_upload_is_its_owners_alone(page: Client) -> None:
    url = send(page).url
    other = Client()
    other.force_login(User.objects.create(email="eva@example.org", role="administrator"))
    assert other.get(url).status_code == 404
    assert other.post(url + "discard/").status_code == 404
    assert "answers.csv" not in other.get(reverse("imports")).content.decode()


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "empty.csv", "empty"),
        (b"when,who,nps\n", "titles.csv", "titles.csv has no rows."),
        (random.Random(7).randbytes(9000), "photo.csv", "photo.csv does not look like CSV"),
        (b"PK\x03\x04 no sheet", "broken.xlsx", "can not be read"),
        (b"\x1f\x8b\x08 cut", "cut.csv.gz", "damaged or cut short"),
        (b"PAR1 not", "not.parquet", "not.parquet"),
        (b"<log><trace>", "half.xes", "half.xes"),
    ],
)
def test_what_can_not_be_read_says_why_and_is_not_kept(page, content, name, said) -> None:
    answer = send(page, content, name)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert list(settings.DATA.uploads.glob("*")) == []


@pytest.mark.parametrize("key", [0, 2**63, 10**40])
def test_there_is_no_import_of_a_number_larger_than_any(page: Client, key: int) -> None:
    assert page.get(f"/imports/{key}/").status_code == 404
    assert page.post(f"/imports/{key}/undo/").status_code == 404


def test_no_file_is_asked_for(page: Client) -> None:
    answer = page.post(reverse("import_new"))
    assert answer.status_code == 422
    assert "No file was chosen" in answer.content.decode()


def test_two_columns_for_one_place_are_refused_and_what_was_chosen_stays(page: Client) -> None:
    url = send(page).url
    answer = page.post(url, {"c0": "happened_at", "c1": "channel", "c2": "channel", "c4": "fact"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Two columns go to" in text
    assert text.count('value="channel" selected') == 2
    assert 'value="fact" selected' in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"c1": "identity"}, "does not say when it happened"),
        ({"c0": "happened_at", "c2": "amount"}, "amount without a currency"),
        ({"c0": "happened_at", "time-zone": "Europe/Atlantis"}, "Atlantis"),
        ({"c0": "happened_at", "time-format": "%Q"}, "%Q"),
        ({"c0": "happened_at", "all-channel": "ana@example.org"}, "can not be used"),
        ({"c0": "happened_at", "c2": "score:nps", "c2-values": "good"}, "each word goes with"),
        ({"c0": "happened_at", "c2": "no such field"}, "does not exist"),
        ({"c0": "happened_at", "save_as": "x" * 200}, "1 to 80 characters"),
    ],
)
def test_a_mapping_that_can_not_be_gets_its_sentence(page, fields, said) -> None:
    answer = page.post(send(page).url, fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_discarded_upload_is_gone(page: Client) -> None:
    url = send(page).url
    page.post(url + "discard/")
    assert list(settings.DATA.uploads.glob("*")) == []
    assert page.get(url).status_code == 404


def test_going_back_to_a_file_already_in_says_where_it_is(page: Client) -> None:
    url = send(page).url
    page.post(url + "discard/")
    assert "it is under “Import”" in page.get(url + "check/").content.decode()


def test_addresses_made_up_find_nothing(page: Client) -> None:
    for path in ("new/nothing/", "new/nothing/check/", "new/nothing/run/", "99/", "99/errors.csv"):
        assert page.get(reverse("imports") + path).status_code == 404, path


def test_an_agent_sees_no_imports_and_an_analyst_undoes_none(page: Client) -> None:
    one = made()
    assert page.post(reverse("import_undo", args=[one.key])).status_code == 404
    agent = Client()
    agent.force_login(User.objects.create(email="leo@example.org", role="agent"))
    assert agent.get(reverse("imports")).status_code == 404


def test_an_import_is_undone_and_taken_back_on_its_page(analyst: User) -> None:
    manager = Client(headers={"accept-language": "en"})
    manager.force_login(User.objects.create(email="jefa@example.org", role="manager"))
    one = made(stored=7, by_user=analyst.pk, quarantined=json.dumps({"bad_time": 2}))
    shown = manager.get(reverse("imports")).content.decode()
    assert "old.csv" in shown
    assert "The time does not exist" in shown
    answer = manager.post(reverse("import_undo", args=[one.key]), follow=True)
    assert "left out of every figure" in answer.content.decode()
    assert Import.objects.get().state == "undone"
    manager.post(reverse("import_redo", args=[one.key]))
    assert Import.objects.get().state == "done"
    assert list(AuditEntry.objects.order_by("pk").values_list("what", flat=True)) == [
        "import.undone",
        "import.redone",
    ]
    again = manager.post(reverse("import_redo", args=[one.key]), follow=True)
    assert "can not be undone or taken back" in again.content.decode()


def test_the_last_such_import_tells_the_columns(page: Client) -> None:
    mapping = Mapping.from_toml(
        '[columns]\nhappened_at = "date"\nidentity = "customer"\ntext = "why"\n'
        '[[scores]]\ncolumn = "nps"\nscale = "csat5"\n[facts]\nplan = "plan"\n'
    )
    made(mapping=json.dumps(mapping.to_dict()))
    text = page.get(send(page).url).content.decode()
    assert "We know this file: its columns are read as in “old.csv”" in text
    assert 'value="score:csat5" selected' in text
    assert 'value="fact" selected' in text


def test_a_mapping_is_kept_offered_downloaded_and_forgotten(page: Client, analyst: User) -> None:
    shape = {"columns": {"happened_at": "date", "channel": "plan"}}
    saved.save("Plans as channels", shape, analyst)
    kept = SavedMapping.objects.get()
    url = send(page).url
    assert "Use “Plans as channels”" in page.get(url).content.decode()
    text = page.post(url, {"use": kept.key}, follow=True).content.decode()
    assert 'value="channel" selected' in text
    toml = page.get(reverse("mapping_file", args=[kept.key])).content.decode()
    assert Mapping.from_toml(toml).to_dict() == shape
    page.post(reverse("mapping_forget", args=[kept.key]))
    assert not SavedMapping.objects.exists()
    with pytest.raises(BadInput):
        saved.save("600 123 456", shape, analyst)


EVERYTHING = """
decimal = ","
verified = true
[columns]
happened_at = "a"
identity = "b"
journey = "b"
wait = "c"
[facts]
plan = "d"
age = { column = "e", sort = "number" }
[constants]
channel = "phone"
stage = "use"
[time]
format = "%d.%m.%Y"
zone = "Europe/Madrid"
[units]
wait = "min"
[[scores]]
column = "f"
scale = "csat5"
touchpoint = "seat"
missing = ["0", "-"]
values = { good = 4, "so so" = 2.5 }
[[scores]]
column = "g"
scale = "mine"
"""


def test_the_form_says_all_a_mapping_says_and_gives_it_back() -> None:
    mapping, columns = Mapping.from_toml(EVERYTHING), list("abcdefgh")
    shape = form.shape_of(form.fields_of(mapping, columns), columns, {})
    assert Mapping.from_dict(shape) == mapping
    row = Mapping.from_toml('[columns]\nscore="a"\nhappened_at="b"\n[constants]\nscale="ces7"')
    assert Mapping.from_dict(form.shape_of(form.fields_of(row, columns), columns, {})) == row
    kept = {"delimiter": ";", "constants": {"outcome": "success"}}
    shape = form.shape_of(form.fields_of(row, columns), columns, kept)
    assert shape["delimiter"] == ";"
    assert shape["constants"] == {"outcome": "success", "scale": "ces7"}
    with pytest.raises(BadMapping):
        form.shape_of({"c0": ["kind"], "c1": ["kind"]}, columns, {})


def test_a_file_of_customers_is_recognised() -> None:
    columns, rows = ["email", "name", "city"], [("ana@example.org", "Ana", "Vigo")] * 9
    guesses = guess_columns(columns, rows)
    look = Look(columns, [[], [], []], [1, 1, 1], guesses, [])
    mapping = form.guessed(look)
    assert mapping.columns == {"email": "email"}
    assert mapping.traits == {"name": "name", "city": "city"}
    mapping.check(columns)


def test_work_nobody_is_at_any_more_is_said_to_have_stopped() -> None:
    token = "a" * 24
    drafts.save_work(settings.DATA, token, drafts.Work("import", now_ms()))
    assert running.work_of(settings.DATA, token).state == "stopped"


# ── many columns at once ─────────────────────────────────────────────────────

QUESTIONS = [f"q{n}" for n in range(27)]
SURVEY = (",".join([*QUESTIONS, "gender", "plan"]) + "\n").encode() + b"".join(
    (",".join([*(str((n + q) % 10 + 1) for q in range(27)), "fm"[n % 2], "abc"[n % 3]])).encode()
    + b"\n"
    for n in range(60)
)


def sent(text: str) -> dict[str, list[str]]:
    """The form as a browser would send it back."""
    fields: dict[str, list[str]] = {}
    form = text[text.index('id="columns"') :]
    for tag, rest in re.findall(r"<(input|select)\b(.*?)>", form):
        named = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        if tag == "input" and named.get("type") != "checkbox":
            fields.setdefault(named["name"], []).append(named.get("value", ""))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)">(.*?)</select>', form, re.S):
        chosen = re.findall(r'value="([^"]*)" selected', options) or [""]
        fields.setdefault(name, []).append(chosen[0])
    return fields


def test_27_questions_are_set_to_one_scale_in_one_step(page: Client) -> None:
    url = send(page, SURVEY).url
    text = page.get(url).content.decode()
    assert "27 columns hold ratings alike" in text
    fields = {**sent(text), "together-scale1-10": "score:csat5", "together": "scale1-10"}
    text = page.post(url, fields).content.decode()
    assert "27 columns are set" in text
    assert "ratings alike" not in text
    fields = {**sent(text), "together": "facts"}
    text = page.post(url, fields).content.decode()
    assert "We understood" in text
    fields = {**sent(text), "all-happened_at": "2026-10-15"}
    assert page.post(url, fields).status_code == 302
    draft = drafts.find(settings.DATA, url.split("/")[-2])
    mapping = Mapping.from_dict(draft.mapping)
    assert {block.scale for block in mapping.scores} == {"csat5"}
    assert [block.constants["touchpoint"] for block in mapping.scores] == QUESTIONS
    assert set(mapping.facts) == {"gender", "plan"}
    assert mapping.constants["happened_at"] == "2026-10-15"


def test_ticked_columns_alone_are_set(page: Client) -> None:
    url = send(page, SURVEY).url
    fields = sent(page.get(url).content.decode())
    asked = {"tick": ["1", "3", "99", "x"], "together-ticked": "score:nps", "together": "ticked"}
    text = page.post(url, {**fields, **asked}).content.decode()
    assert "2 columns are set" in text
    assert text.count('value="score:nps" selected') == 2
    assert "25 columns hold ratings alike" in text


def test_a_file_without_dates_is_asked_for_one_before_anything_is_wrong(page: Client) -> None:
    url = send(page, SURVEY).url
    text = page.get(url).content.decode()
    assert "No column has a date" in text
    assert text.count('name="all-happened_at"') == 1
    dated = send(page, b"date,nps\n2026-01-01,9\n").url
    text = page.get(dated).content.decode()
    assert "No column has a date" not in text
    assert text.count('name="all-happened_at"') == 1


def test_delimiter_encoding_and_header_are_seen_and_changed(page: Client) -> None:
    content = "fecha;canal,nps\n2026-01-01;a\xf1o,9\n2026-01-02;a\xf1o,7\n".encode("cp1252")
    url = send(page, content).url
    text = page.get(url).content.decode()
    assert "Windows-1252" in text
    token = url.split("/")[-2]
    assert drafts.look_of(settings.DATA, token).columns == ["fecha;canal", "nps"]
    answer = page.post(url, {"read_again": "", "read-delimiter": ";", "read-encoding": "cp850"})
    look = drafts.look_of(settings.DATA, token)
    assert look.columns == ["fecha", "canal,nps"]
    assert "a±o,9" in look.examples[1]
    text = page.get(answer.url).content.decode()
    assert 'value=";" selected' in text
    assert 'value="cp850" selected' in text
    page.post(url, {**sent(text), "c0": "happened_at"})
    shape = drafts.find(settings.DATA, token).mapping
    assert shape is not None
    assert (shape["delimiter"], shape["encoding"]) == (";", "cp850")


@pytest.mark.parametrize(
    ("scales", "measure"),
    [(["csat5", "nps"], "nps"), (["scale1-10", "csat5"], "csat"), (["scale0-10"], ""), ([], "")],
)
def test_an_import_leads_to_the_indicator_that_counts_its_scores(page, scales, measure) -> None:
    blocks = [{"column": scale, "scale": scale, "touchpoint": scale} for scale in scales]
    shape = {"columns": {"happened_at": "date"}, "scores": blocks}
    one = made(mapping=json.dumps(shape), stored=7)
    text = page.get(reverse("import", args=[one.key])).content.decode()
    assert (f"?measure={measure}&amp;by=touchpoint&amp;" in text) == bool(measure)
    assert ("no indicator counts" in text) == bool(scales and not measure)
