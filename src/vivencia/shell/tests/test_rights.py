"""P6, P10 and the pages: data goes at its term by itself, what is blocked is seen by one role."""

from __future__ import annotations

import io
import os
import uuid
import zipfile

import pytest
from django.conf import settings
from django.test import Client

from vivencia.customers.contact.models import Consent, DoNotWrite
from vivencia.customers.models import Trait
from vivencia.customers.rights import terms
from vivencia.customers.rights.models import Blocked, Erasure
from vivencia.interactions.actions import record
from vivencia.interactions.models import (
    Identity,
    LogEntry,
    Quarantined,
    VaultText,
    VaultValue,
)
from vivencia.interactions.record import Identity as Named
from vivencia.interactions.record import Interaction, Sort
from vivencia.lib.clock import DAY_MS, now_ms
from vivencia.lib.errors import BadInput
from vivencia.outbox.models import Message
from vivencia.people.actions import add_user
from vivencia.people.models import AuditEntry
from vivencia.people.policy import POLICY
from vivencia.shell import erasure
from vivencia.shell.rights import blocking, person_words, record_words, retention
from vivencia.shell.rights.blocking import Block
from vivencia.shell.rights.person_file import everything
from vivencia.shell.rights.record import record as record_of_processing
from vivencia.shell.rights.record import without_spanish
from vivencia.surveys.models import Delivery

pytestmark = pytest.mark.django_db
NOW = now_ms()
ROLES = ("administrator", "manager", "analyst", "agent", "protection")


def lived(name: str, days: int, text: str = "", **more: object) -> int:
    """Something `name` lived through so many days ago; the key of their account."""
    one = Interaction(
        id=uuid.uuid4().bytes, source="test", happened_at=NOW - days * DAY_MS, kind="visit",
        identities=(Named(Sort.account, name, True),), text=text or None, **more,
    )  # fmt: skip
    record([one])
    return Identity.objects.get(value=name).key


def colleague(role: str) -> Client:
    client = Client()
    client.force_login(add_user(None, f"{role}@example.org", role))
    return client


def customer(key: int) -> int:
    return Identity.objects.get(key=key).customer


# ------------------------------------------------------------------ P6
def counted(name: str) -> int:
    entries = AuditEntry.objects.filter(what="retention.applied", thing=name)
    return sum(int(entry.detail) for entry in entries)


def test_p6_every_class_goes_at_its_term_by_itself_and_is_counted() -> None:
    for days in range(0, 800, 50):
        lived(f"c{days}", days, text=f"said {days}", journey=f"j{days}")
        Quarantined.objects.create(
            raw=b"{}", reason="x", door="interactions", received_at=NOW - days * DAY_MS
        )
        Message.objects.create(
            uid=os.urandom(16), identity=1, channel="email", purpose="survey", language="es",
            content=b"x", cause="x", due_at=0, expires_at=0, created_at=NOW - days * DAY_MS,
            state="sent",
        )  # fmt: skip
    file = settings.DATA.uploads / "old.csv"
    file.write_text("a")
    os.utime(file, (NOW / 1000 - 40 * 86400,) * 2)
    rows = LogEntry.objects.count()
    terms.choose(None, {"people": 730, "words": 365, "messages": 30, "waiting": 30})
    for day in range(3):  # a clock that runs: nothing is past its term by more than a day
        retention.apply(NOW + day * DAY_MS)
    year = LogEntry.objects.filter(happened_at__lt=NOW - 365 * DAY_MS).values("seq", "journey")
    assert not VaultText.objects.filter(seq__in=year.values("seq")).exclude(text=None).exists()
    journeys = VaultValue.objects.filter(key__in=year.values("journey"))
    assert not journeys.exclude(text=None).exists()
    assert {one.value for one in Identity.objects.exclude(value=None)} == {
        f"c{days}" for days in range(0, 730, 50)
    }
    assert VaultText.objects.exclude(text=None).count() == 8  # 0 to 350 days
    assert Quarantined.objects.exclude(raw=b"").count() == 1
    assert Message.objects.exclude(content=None).count() == 1
    assert not file.exists()
    assert LogEntry.objects.count() == rows
    told = {name: counted(name) for name in terms.TERMS}
    assert told == {"people": 1, "words": 14, "files": 0, "messages": 15, "waiting": 16}


def test_p6_all_who_are_silent_go_in_one_run_however_many(monkeypatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    for n in range(8):
        lived(f"c{n}", 800)
    lived("eva", 10)
    terms.choose(None, {"people": 730})
    retention.apply(NOW)
    assert {one.value for one in Identity.objects.exclude(value=None)} == {"eva"}
    assert counted("people") == 8


def test_control_without_terms_everything_stays() -> None:
    lived("ana", 4000, text="said")
    retention.apply(NOW)
    assert VaultText.objects.exclude(text=None).count() == 1
    assert Identity.objects.exclude(value=None).count() == 1


def test_a_term_that_is_not_offered_is_refused() -> None:
    with pytest.raises(BadInput):
        terms.choose(None, {"waiting": 0})


# ------------------------------------------------------------------ P10
def archive_of(body: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return packed.read("person.json").decode()


def test_p10_what_is_blocked_is_seen_by_one_role_with_a_reason_and_ends_at_its_term() -> None:
    key = lived("zorzalete", 3, text="canario amarillo")
    number = customer(key)
    erasure.erase([key], "duty", block=Block.under("spain"))
    blocked = Blocked.objects.get()
    assert b"zorzalete" not in bytes(blocked.sealed or b"")
    path = f"/settings/privacy/blocked/{blocked.key}/open/"
    seen = []
    for role in ROLES:
        client = colleague(role)
        for page in ("/customers/", f"/customers/{number}/", "/settings/privacy/", "/audit/",
                     "/customers/?q=zorzalete", f"/customers/{number}/erase/"):  # fmt: skip
            body = client.get(page).content.decode()
            assert "canario" not in body
            assert "zorzalete" not in body.replace("q=zorzalete", "").replace(
                'value="zorzalete"', ""
            ) or page.endswith("zorzalete")
        answer = client.post(path, {"why": "Juzgado 3, autos 12/2026"})
        if answer.status_code == 200:
            seen.append(role)
            assert "canario amarillo" in archive_of(answer.content)
        else:
            assert answer.status_code == 404
    assert seen == ["protection"]
    (entry,) = AuditEntry.objects.filter(what="blocked.opened")
    assert (entry.who.role, entry.detail) == ("protection", "Juzgado 3, autos 12/2026")
    assert Client().post(path, {"why": "x"}).status_code == 302  # to sign in

    assert blocking.destroy_due(blocked.until - 1) == 0
    assert blocking.destroy_due(blocked.until) == 1
    blocked.refresh_from_db()
    assert blocked.sealed is None
    client = Client()
    client.force_login(entry.who)
    assert client.post(path, {"why": "again"}).status_code == 404


def test_without_a_reason_nothing_is_taken_out() -> None:
    erasure.erase([lived("ana", 1)], "duty", block=Block.under("mexico", 2))
    client = colleague("protection")
    path = f"/settings/privacy/blocked/{Blocked.objects.get().key}/open/"
    assert client.post(path, {"why": "  "}).status_code == 422
    assert not AuditEntry.objects.filter(what="blocked.opened").exists()


# ------------------------------------------------------------------ the pages
def test_a_person_is_erased_from_their_book_with_a_reason_and_meaning_it() -> None:
    key = lived("ana-7", 3, text="muy bien")
    Trait.objects.create(identity=key, name="name", value="Ana Gil")
    path = f"/customers/{customer(key)}/erase/"
    for role, status in zip(ROLES, (200, 200, 404, 404, 200), strict=True):
        assert colleague(role).get(path).status_code == status
    boss = Client()
    boss.force_login(add_user(None, "eva@example.org", "manager"))
    assert "Ana Gil" in boss.get(path).content.decode()
    assert boss.post(path, {"reason": "asked"}).status_code == 422
    assert boss.post(path, {"meant": "on"}).status_code == 422
    assert Identity.objects.exclude(value=None).exists()
    assert boss.post(path, {"reason": "asked", "meant": "on"}).status_code == 302
    assert not Identity.objects.exclude(value=None).exists()
    (made,) = Erasure.objects.all()
    assert (made.reason, made.by.email) == ("asked", "eva@example.org")
    (entry,) = AuditEntry.objects.filter(what="customers.erased")
    assert (entry.thing, entry.detail) == (f"customer:{made.customer}", "asked")
    assert "Ana Gil" not in boss.get(path).content.decode()
    assert boss.post(path, {"reason": "asked", "meant": "on"}).status_code == 404


def test_everything_about_a_person_is_taken_away_and_written_down() -> None:
    key = lived("ana-7", 3, text="muy bien")
    client = colleague("manager")
    answer = client.post(f"/customers/{customer(key)}/export/")
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "muy bien" in archive_of(answer.content)
    assert AuditEntry.objects.filter(what="customers.exported").count() == 1
    assert client.get(f"/customers/{customer(key)}/export/").status_code == 405


def test_a_no_outlives_the_person_as_a_keyed_hash_alone() -> None:
    record([Interaction(id=uuid.uuid4().bytes, source="test", happened_at=NOW, kind="visit",
                        identities=(Named(Sort.email, "ana@example.org", True),))])  # fmt: skip
    key = Identity.objects.get().key
    Consent.objects.create(
        identity=key, purpose="", channel="email", state="withdrawn", at=NOW, source="test"
    )
    erasure.erase([key], "asked")
    (kept,) = DoNotWrite.objects.all()
    assert (kept.purpose, kept.channel, len(bytes(kept.digest))) == ("", "email", 16)
    assert bytes(kept.digest) != bytes(Identity.objects.get().digest)


def test_the_record_of_processing_says_everything_in_both_languages() -> None:
    assert without_spanish() == []
    es, en = record_of_processing("es"), record_of_processing("en")
    assert [one.fields for one in es] == [one.fields for one in en]
    page = colleague("administrator").get("/settings/privacy/record/").content.decode()
    assert "<code>vault_texts</code>: sender_id" in page
    assert all(one.retentions and one.basis for one in es)


def test_control_a_term_without_spanish_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(record_words.RETENTIONS, "2 years")
    assert without_spanish() == ["2 years"]


def test_what_is_blocked_is_for_that_role_alone() -> None:
    assert POLICY["blocked.open"].roles == {"protection"}
    assert POLICY["blocked.open"].scope is None


def test_what_a_tablet_could_not_hand_over_goes_with_who_it_names() -> None:
    key = lived("ana-zorzal", 1)
    for n, name in enumerate(("ana-zorzal", "ana-zorzalito")):
        Delivery.objects.create(
            key=n, answered_at=NOW, sent_at=NOW, received_at=NOW, outcome="partial",
            left=f'[["who", "{name}"]]',
        )  # fmt: skip
    assert len(everything([key], customer(key))["survey_left"]) == 1
    erasure.erase([key], "asked")
    assert [one.left for one in Delivery.objects.order_by("key")] == [
        "",
        '[["who", "ana-zorzalito"]]',
    ]


def test_every_section_and_field_of_the_file_about_a_person_has_its_words() -> None:
    held = everything([lived("ana", 1, text="x")], 0)
    assert set(held) <= set(person_words.SECTIONS)
    fields = {name for items in held.values() for item in items for name in item}
    assert {name for name in fields if not name.startswith("fact.")} <= set(person_words.FIELDS)
