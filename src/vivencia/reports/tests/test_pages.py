"""Home, scores and explain: what they show, whom they open for, and that no address breaks them."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import quote

import pytest
from msgspec import structs

from vivencia.columns import here
from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.columns.tests.made import interactions
from vivencia.interactions.models import VaultText
from vivencia.interactions.record import Flag
from vivencia.people.models import AuditEntry
from vivencia.reports.tests.conftest import SignIn, text_of
from vivencia.scores.reading import behind, measure

PAGES = ["/", "/scores/", "/explain/?measure=csat"]
PERIODS = [
    "2026-10-05", "2026-W41", "2026-10", "2026-Q4", "2026", "last-90-days",
    "2026-10-05..2026-10-19", "all",
]  # fmt: skip
BAD = [
    "period=2026-13", "period=2026-Q5", "period=2026-W54", "period=0000", "period=9999",
    "period=last-0-days", "period=last-99999999999-days", "period=2026-10-09..2026-10-01",
    "period=%00", "period=%D9%A2%D9%A0%D9%A2%D9%A6", "from=2026-02-30",
    "from=x&to=y", "to=2026-10-01",
    "compare=yesterday", "where=nothing:at+all", "where=", "where=:", "where=stage:lost",
    "where=initiated_by:nobody", "where=age:old", "where=channel:pigeon", "where=plan:lead",
    "where=channel:" + "x" * 3000, "field=stage&value=zzz", "field=&value=web",
    "measure=happiness", "measure=nps&definition=csat", "by=password", "every=minute",
    "sort=--n", "show=pdf", "fate=unknown", "page=0", "page=-1", "page=x", "page=" + "9" * 400,
    "timed=maybe", "where=channel:web%27%3B+DROP+TABLE+words", "where=kind:%F0%9F%98%80",
]  # fmt: skip
SILENT = {"where=:", "where=", "to=2026-10-01", "field=&value=web"}


@pytest.mark.parametrize("period", PERIODS)
def test_every_sort_of_period_is_read(columns: MemoryColumns, sign_in: SignIn, period: str) -> None:
    reader, filtered = sign_in(), "&where=channel:web&where=plan:gold&where=age:30&where=vip:yes"
    for page in PAGES:
        for more in ("", "&compare=none", filtered):
            answer = reader.get(f"{page}{'&' if '?' in page else '?'}period={period}{more}")
            assert answer.status_code == 200
            assert 'class="notice' not in answer.content.decode()


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_address_is_said_and_never_breaks(
    columns: MemoryColumns, sign_in: SignIn, bad: str
) -> None:
    reader = sign_in()
    shown = [reader.get(page, QUERY_STRING=bad) for page in ("/", "/scores/", "/explain/")]
    assert [answer.status_code for answer in shown] == [200, 200, 200]
    own = re.match(r"(measure|by|every|fate|page|sort|show|timed)=", bad)
    if not own and bad not in SILENT:
        assert all('class="notice' in answer.content.decode() for answer in shown), bad


@pytest.mark.parametrize(
    ("page", "bad", "allowed"),
    [
        ("/scores/", "measure=happiness", "nps, csat, ces"),
        ("/scores/", "by=password", "channel, "),
        ("/scores/", "every=minute", "month, day, week"),
        ("/explain/", "fate=unknown", "counted"),
        ("/", "where=stage:lost", "discover"),
        ("/", "where=channel:pigeon", "app, phone, web"),
        ("/", "period=2026-13", "2026-W40"),
        ("/", "where=nothing:1", "channel"),
    ],
)
def test_what_is_allowed_instead_is_said(
    columns: MemoryColumns, sign_in: SignIn, page: str, bad: str, allowed: str
) -> None:
    assert allowed in text_of(sign_in().get(f"{page}?{bad}"))


def test_a_filter_may_be_typed_as_it_reads(columns: MemoryColumns, sign_in: SignIn) -> None:
    page = sign_in("analyst", "es").get("/scores/?period=all&field=channel&value=Teléfono")
    assert "where=channel:phone" in page.content.decode()


# ── home ─────────────────────────────────────────────────────────────────────


def test_home_says_what_scores_say(columns: MemoryColumns, sign_in: SignIn) -> None:
    page = text_of(sign_in().get("/?period=all"))
    for name, form in (("csat", "{:.1f}"), ("nps", "{:+.1f}"), ("ces", "{:.2f}")):
        score = measure(columns, name).rows[0].score
        assert score.value is not None
        assert form.format(score.value).replace("-", "\u2212") in page
        assert f"{score.n:,} answers" in page


def test_the_parts_that_take_longer_come_after(columns: MemoryColumns, sign_in: SignIn) -> None:
    reader = sign_in()
    home = reader.get("/?period=all").content.decode()
    assert 'hx-get="/lens/experience/?period=all"' in home
    assert "Journeys over several channels" in text_of(reader.get("/lens/experience/?period=all"))
    assert reader.get("/lens/nothing/").status_code == 404


def test_an_agent_reads_no_scores(columns: MemoryColumns, sign_in: SignIn) -> None:
    agent = sign_in("agent")
    assert "inbox" in text_of(agent.get("/"))
    for page in ("/scores/", "/explain/", "/lens/service/"):
        assert agent.get(page).status_code == 404


# ── scores ───────────────────────────────────────────────────────────────────


def test_every_figure_of_a_table_opens_as_itself(columns: MemoryColumns, sign_in: SignIn) -> None:
    reader = sign_in()
    for by in ("channel", "stage", "plan", "age", "vip"):
        page = reader.get(f"/scores/?period=all&measure=csat&definition=csat_top1&by={by}")
        rows = re.findall(
            r'href="(/explain/[^"]+)">[\d.]+%</a></td>.*?data-k="How many answers">(\d+)<',
            page.content.decode(),
            re.S,
        )
        assert rows
        for url, n in rows[:4]:
            opened = text_of(reader.get(url.replace("&amp;", "&")))
            assert f"{n} counted" in opened


def test_a_figure_over_time_opens_with_its_own_answers(
    columns: MemoryColumns, sign_in: SignIn
) -> None:
    reader = sign_in()
    page = reader.get("/scores/?period=all&measure=nps&every=week").content.decode()
    lines = re.findall(r'<td class="num"><a href="(/explain/[^"]+timed=yes[^"]*)">([^<]+)<', page)
    assert lines
    for url, value in lines[:4]:
        assert f"= {value} " in text_of(reader.get(url.replace("&amp;", "&")))


# ── explain ──────────────────────────────────────────────────────────────────


def test_interactions_lead_to_the_book_and_say_what_was_said(
    columns: MemoryColumns, sign_in: SignIn
) -> None:
    first = behind(columns, "nps", filters=Filters(), size=1)[0]
    VaultText.objects.create(seq=first["seq"], text="Seis días para <una> firma.")
    answer = sign_in().get("/explain/?measure=nps&period=all")
    page = answer.content.decode()
    assert f'href="/customers/{first["customer"]}/#i{first["seq"]}"' in page
    assert "“Seis días para &lt;una&gt; firma.”" in page
    assert "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.filter(what="interactions.opened").count() == 1


def test_what_was_left_out_has_its_own_list(columns: MemoryColumns, sign_in: SignIn) -> None:
    reader, url = sign_in(), "/explain/?measure=nps&period=all&timed=yes"
    report = measure(columns, "nps", timed=True)
    flagged = report.excluded["time_flagged"]
    page = reader.get(url).content.decode()
    assert "fate=time_flagged#e-i" in page
    listed = reader.get(f"{url}&fate=time_flagged&show=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(listed).decode("utf-8-sig"))))
    assert len(rows) == flagged
    counted = reader.get(f"{url}&show=csv")
    assert len(list(csv.reader(io.StringIO(b"".join(counted).decode())))) - 1 == report.counted


def test_a_file_runs_nothing_and_keeps_words_from_who_may_not_take_them(
    columns: MemoryColumns, sign_in: SignIn
) -> None:
    first = behind(columns, "nps", filters=Filters(), size=1)[0]
    VaultText.objects.create(seq=first["seq"], text="=cmd|' /C calc'!A0")
    url = "/explain/?measure=nps&period=all&show=csv"
    for role, said in (("analyst", False), ("administrator", True)):
        text = b"".join(sign_in(role).get(url)).decode("utf-8-sig")
        row = next(
            row for row in csv.DictReader(io.StringIO(text)) if row["seq"] == str(first["seq"])
        )
        assert ("words" in row) is said
        assert row.get("words", "'=cmd|' /C calc'!A0") == "'=cmd|' /C calc'!A0"


def test_the_citation_names_what_is_needed_to_get_it_again(
    columns: MemoryColumns, sign_in: SignIn
) -> None:
    page = text_of(
        sign_in("analyst", "es").get("/explain/?measure=nps&period=all&where=channel:web")
    )
    cited = page[page.index("todo el tiempo, Canal: web") :]
    for part in ("IC 95 %", "n = ", "definición nps@1", "Registro hasta la interacción n.º"):
        assert part in cited


def test_a_hidden_number_shows_no_counts_and_no_list(
    columns: MemoryColumns, sign_in: SignIn
) -> None:
    groups = measure(columns, "nps", by=["age"]).rows
    hidden = next(row for row in groups if row.score.n is None)
    where = quote(f"age:{hidden.by['age']}")
    page = sign_in().get(f"/explain/?measure=nps&period=all&where={where}").content.decode()
    assert "/customers/" not in page.split("<main")[1]
    assert 'id="citation"' not in page
    assert not re.search(r"\d+ (received|counted)", page)


def test_before_the_first_answer_pages_say_what_will_be_here(sign_in: SignIn) -> None:
    nothing = MemoryColumns([], "UTC")
    here.own(nothing)
    try:
        reader = sign_in("analyst", "es")
        assert "Trae un archivo" in text_of(reader.get("/"))
        for page in ("/scores/", "/explain/"):
            assert "Nadie ha contestado" in text_of(reader.get(page))
        assert text_of(reader.get("/lens/service/")).strip() == ""
        assert text_of(reader.get("/lens/experience/")).strip() == ""
    finally:
        here.own(None)
        nothing.close()


@pytest.mark.parametrize(
    ("scored", "said"),
    [(None, "No answer with a score among them"), (9000, "Their answers say no day of their own")],
)
def test_home_says_what_came_in_though_no_answer_has_a_day(
    sign_in: SignIn, scored: int | None, said: str
) -> None:
    timeless = [
        structs.replace(
            one, score=scored, scale="nps" if scored else None, flags=Flag.time_constant
        )
        for one in interactions(10)
    ]
    made = MemoryColumns(timeless, "UTC")
    here.own(made)
    try:
        page = sign_in().get("/")
        assert said in text_of(page)
        assert 'href="/journeys/"' in page.content.decode().split("<main")[1]
    finally:
        here.own(None)
        made.close()


def test_who_is_only_not_satisfied_is_not_called_neutral(
    columns: MemoryColumns, sign_in: SignIn
) -> None:
    csat = text_of(sign_in().get("/explain/?measure=csat&period=all"))
    assert "not in favour" in csat
    assert "neither" not in csat
    assert "passives" in text_of(sign_in("manager").get("/explain/?measure=nps&period=all"))
