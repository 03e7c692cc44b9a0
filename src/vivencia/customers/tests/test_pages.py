"""Pages, decisions and doors, on the real tables."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from vivencia.customers import actions, finding, reading
from vivencia.customers.access import access_customer
from vivencia.customers.models import Decision, Trait
from vivencia.customers.resolve import resolve
from vivencia.interactions.actions import record
from vivencia.interactions.models import Identity, Import, LogEntry, Word
from vivencia.interactions.record import Identity as Given
from vivencia.interactions.record import Interaction, Sort
from vivencia.lib.errors import Conflict, NotFound
from vivencia.people.models import AuditEntry, User

pytestmark = pytest.mark.django_db

ANA, BEA = Given(Sort.account, "A-100", True), Given(Sort.account, "B-200", True)
MAIL = Given(Sort.email, "ana@ejemplo.es", True)
OCTOBER = 1_791_000_000_000


def lived(*identities: Given, at: int = 0, **words: object) -> Interaction:
    words = {"kind": "call.ended", "source": "test", **words}
    return Interaction(
        id=uuid.uuid4().bytes, happened_at=OCTOBER + at * 3_600_000, identities=identities, **words
    )


def take_in() -> None:
    resolve(connection.connection, 0)


def key(given: Given) -> int:
    return Identity.objects.get(value=given.value).key


def customer(given: Given) -> int:
    return Identity.objects.get(value=given.value).customer


@pytest.fixture
def manager() -> User:
    return User.objects.create(email="jefa@ejemplo.es", role="manager")


@pytest.fixture
def page(manager: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(manager)
    return client


@pytest.fixture
def ana() -> int:
    """Ana, with an account and an e-mail, and five interactions; her customer number."""
    record(
        [
            lived(ANA, MAIL, kind="customer.identified", properties={"name": "Ana <b>Ejemplo</b>"}),
            lived(ANA, at=1, stage=1, channel="web", touchpoint="advert"),
            lived(ANA, at=30, stage=3, channel="app", outcome=2, touchpoint="video check"),
            lived(MAIL, at=40, stage=3, channel="phone", scale="nps", score=3000, text="Fatal <3"),
            lived(ANA, at=50, stage=4, channel="store", outcome=1, amount=1234, currency="EUR"),
        ]
    )
    take_in()
    return customer(ANA)


def test_the_book_tells_all_of_it_in_order(page: Client, ana: int) -> None:
    answer = page.get(reverse("customer", args=[ana]))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Ana &lt;b&gt;Ejemplo&lt;/b&gt;" in text
    assert "Fatal &lt;3" in text
    assert text.index("advert") < text.index("video check") < text.index("3 of 10")
    assert "NPS · detractor" in text
    assert "12.34" in text
    assert text.count('<section class="chapter"') == 3
    assert AuditEntry.objects.filter(what="customers.book_opened").count() == 1


def test_a_line_of_an_undone_import_is_left_out_and_counted(page: Client, ana: int) -> None:
    record([lived(ANA, source="import:1", touchpoint="a wrong row")])
    code = Word.objects.get(field="source", text="import:1").code
    Import.objects.create(
        uid=b"1" * 16, name="x.csv", file_digest="", mapping="", mapping_digest="",
        lineage=b"2" * 16, source=code, started_at=0, state="undone",
    )  # fmt: skip
    book = reading.read_book(ana, personal=True)
    assert (book.interactions, book.hidden) == (5, 1)
    assert "a wrong row" not in page.get(reverse("customer", args=[ana])).content.decode()


def test_an_old_number_leads_to_the_customer_of_now(page: Client, ana: int) -> None:
    other = Identity.objects.filter(customer=ana).exclude(number=ana).get().number
    answer = page.get(reverse("customer", args=[other]))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("customer", args=[ana])


def test_who_may_not_is_answered_like_what_is_not_there(ana: int) -> None:
    agent = User.objects.create(email="a@ejemplo.es", role="agent", is_active=False)
    with pytest.raises(NotFound) as refused:
        access_customer(agent, ana)
    manager = User.objects.create(email="m@ejemplo.es", role="manager")
    with pytest.raises(NotFound) as missing:
        access_customer(manager, 12345)
    assert (refused.value.es, refused.value.en) == (missing.value.es, missing.value.en)


def test_values_are_masked_for_who_may_not_see_them(ana: int) -> None:
    book = reading.read_book(ana, personal=False)
    shown = " ".join(known.shown for known in book.identities)
    assert "ana@" not in shown
    assert "a…@ejemplo.es" in shown
    assert book.name == "A. <."
    assert not [e.text for chapter in book.chapters for e in chapter.entries if e.text]


def test_decisions_are_kept_recorded_audited_and_undone(manager: User, ana: int) -> None:
    record([lived(BEA, MAIL)])
    take_in()
    assert customer(MAIL) not in (customer(ANA), customer(BEA))
    before = dict(Identity.objects.values_list("key", "customer"))
    decision = actions.join(manager, key(MAIL), key(ANA), "she rang")
    assert customer(MAIL) == customer(ANA) != customer(BEA)
    actions.undo(manager, decision.key)
    assert dict(Identity.objects.values_list("key", "customer")) == before
    with pytest.raises(Conflict):
        actions.undo(manager, decision.key)
    kinds = Word.objects.filter(field="kind", text__startswith="customer.")
    codes = {word.text: word.code for word in kinds}
    told = LogEntry.objects.filter(kind__in=codes.values(), identity=0).values_list("kind", flat=1)
    assert list(told) == [codes["customer.joined"], codes["customer.decision_undone"]]
    audited = AuditEntry.objects.filter(thing=f"decision:{decision.key}")
    assert sorted(audited.values_list("what", flat=True)) == [
        "customer.decision_undone",
        "customer.joined",
    ]


def test_doubts_are_listed_and_decided_on_the_page(page: Client, ana: int) -> None:
    record([lived(BEA, MAIL), lived(BEA, Given(Sort.device, "tablet", False))])
    take_in()
    assert "doubts" in page.get(reverse("customers")).content.decode()
    text = page.get(reverse("customer_doubts")).content.decode()
    assert "ana@ejemplo.es" in text
    assert "tablet" in text
    asked = {"a": key(BEA), "b": key(MAIL), "verdict": "apart", "back": "doubts"}
    assert page.post(reverse("customer_decide"), asked).status_code == 302
    assert customer(MAIL) == customer(ANA)
    assert "ana@ejemplo.es" not in page.get(reverse("customer_doubts")).content.decode()
    decision = Decision.objects.get()
    page.post(reverse("customer_undo"), {"decision": decision.key})
    assert customer(MAIL) != customer(ANA)


def test_a_merge_is_undone_from_the_book(page: Client, ana: int) -> None:
    (step,) = reading.read_book(ana, personal=True).merges
    assert step.rule == "identify"
    a, b = step.ends
    answer = page.post(reverse("customer_decide"), {"a": a, "b": b, "verdict": "apart"})
    assert answer.status_code == 302
    assert customer(ANA) != customer(MAIL)
    text = page.get(answer["Location"]).content.decode()
    assert "Kept apart" in text


@pytest.mark.parametrize(
    "typed", ["ana@ej", "ANA@EJEMPLO.ES", "a-1", " A-100 ", "Ana <b>Ej", "ana"]
)
def test_the_search_finds_by_value_prefix_and_trait(ana: int, typed: str) -> None:
    assert [one.number for one in finding.search(typed, personal=True)] == [ana]


def test_who_sees_no_values_must_know_one_whole(ana: int) -> None:
    assert finding.search("ana@ej", personal=False) == []
    assert [one.number for one in finding.search("ana@ejemplo.es", personal=False)] == [ana]


@pytest.mark.parametrize("typed", ["%", "_", "' OR 1=1 --", "x" * 400, "\u202e", "", "   "])
def test_the_search_takes_any_text(page: Client, ana: int, typed: str) -> None:
    assert finding.search(typed, personal=True) == []
    assert page.get(reverse("customers"), {"q": typed}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "who"),
    [
        ({"channel": "app"}, "ana"),
        ({"channel": "app", "stage": "4"}, ""),
        ({"stage": "4"}, "ana"),
        ({"nps": "detractor"}, "ana"),
        ({"nps": "promoter"}, "bea"),
        ({"channel": "nowhere"}, ""),
        ({}, "bea ana"),
    ],
)
def test_the_list_filters_by_what_was_lived(ana: int, asked: dict[str, str], who: str) -> None:
    record([lived(BEA, channel="web", scale="nps", score=10_000)])
    numbers = {"ana": ana, "bea": customer(BEA)}
    page = finding.customers(finding.wanted_from(asked), personal=True)
    assert [one.number for one in page.customers] == [numbers[name] for name in who.split()]


def test_a_mark_in_the_list_stands_beside_its_words(page: Client, ana: int) -> None:
    record([lived(BEA, scale="nps", score=10_000), lived(BEA, at=60, kind="page.viewed")])
    listed = page.get(reverse("customers")).content.decode()
    assert "</svg>success</span>" in listed  # Ana's last one was no answer, and it ended well
    assert "</svg> " not in listed.split("<tbody>")[1]


def test_paging_shows_each_customer_once(monkeypatch: pytest.MonkeyPatch, ana: int) -> None:
    for i in range(7):
        record([lived(Given(Sort.account, f"C-{i % 4}")), lived(ANA)])
    monkeypatch.setattr(finding, "PAGE", 2)
    seen, before = [], None
    for _ in range(20):
        page = finding.customers(finding.Wanted(), before, personal=True)
        seen += [one.number for one in page.customers]
        before = page.before
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize(
    "query", ["stage=9", "seen=8", "nps=all", "before=x", "before=-1", "stage=a", "before=1e9"]
)
def test_an_address_made_up_is_told_so(page: Client, ana: int, query: str) -> None:
    assert page.get(f"{reverse('customers')}?{query}").status_code == 422


def test_a_long_book_has_earlier_pages(
    page: Client, ana: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LINES", 2)
    seen, address = [], reverse("customer", args=[ana])
    book = reading.read_book(ana, personal=True)
    while True:
        seen = [e.seq for chapter in book.chapters for e in chapter.entries] + seen
        if book.earlier is None:
            break
        book = reading.read_book(ana, personal=True, before=book.earlier)
    assert len(seen) == len(set(seen)) == 5
    assert page.get(address + "?at=1&rank=0&id=zz").status_code == 200


def test_an_empty_list_teaches(page: Client) -> None:
    text = page.get(reverse("customers")).content.decode()
    assert "No customer yet" in text


def test_traits_are_replaced_by_the_later_word(ana: int) -> None:
    actions.store_traits(key(ANA), {"name": "Ana María", "list": [1], "plan": "gold"})
    told = dict(Trait.objects.filter(identity=key(ANA)).values_list("name", "value"))
    assert told == {"name": "Ana María", "plan": "gold"}
