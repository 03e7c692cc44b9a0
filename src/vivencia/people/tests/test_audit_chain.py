"""S22: the audit trail tells the truth: whatever is changed in it afterwards is found."""

import random
import subprocess

import pytest
from django.db import connection
from django.test import Client

from vivencia.interactions.database import open_database
from vivencia.lib.clock import DAY_MS, now_ms
from vivencia.lib.datadir import DataDir
from vivencia.people.actions import add_user
from vivencia.people.audit import actions, chain, checking, reading
from vivencia.people.audit.actions import audit
from vivencia.people.models import AuditEnds, AuditEntry, User
from vivencia.shell.tests.serving import COMMAND, environ

SIZE = 40


@pytest.fixture
def ana(db) -> User:
    return add_user(None, "ana@example.org", "administrator", password="seven pears and a lamp")


@pytest.fixture
def trail(ana: User) -> list[int]:
    """The keys of forty entries, each with a detail."""
    before = AuditEntry.objects.count()
    for number in range(SIZE):
        audit(ana, "settings.changed", f"thing:{number}", detail=f"from {number}")
    return list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))[before:]


def sorts() -> set[str]:
    return {trouble.sort for trouble in reading.verify().troubles}


def run(sql: str, *values: object) -> None:
    """As somebody with the file would."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_an_untouched_trail_holds(trail: list[int]) -> None:
    verdict = reading.verify()
    assert verdict.holds
    assert verdict.entries == SIZE + 1  # and ana's own
    assert verdict.end == AuditEntry.objects.order_by("pk").last().seal


@pytest.mark.parametrize(
    ("column", "value"),
    [("at", 1), ("who_id", None), ("door", "api"), ("what", "people.changed"), ("thing", "x"),
     ("result", "refused"), ("detail_seal", "0" * 64), ("seal", "0" * 64)],
)  # fmt: skip
def test_s22_each_field_of_each_entry_is_sealed(trail: list[int], column: str, value: object):
    for entry in (trail[0], trail[17], trail[-1]):
        kept = AuditEntry.objects.filter(pk=entry).values(column)[0][column]
        run(f"UPDATE people_auditentry SET {column} = %s WHERE id = %s", value, entry)
        assert not reading.verify().holds, (column, entry)
        run(f"UPDATE people_auditentry SET {column} = %s WHERE id = %s", kept, entry)
    assert reading.verify().holds


def test_s22_whatever_is_taken_out_is_found(trail: list[int]) -> None:
    entry = random.choice(trail[1:-1])
    AuditEntry.objects.filter(pk=entry).delete()
    assert sorts() == {"does_not_follow"}


def test_s22_neither_end_can_be_cut(trail: list[int]) -> None:
    AuditEntry.objects.filter(pk__gte=trail[-3]).delete()
    assert sorts() == {"end_gone"}
    # Nor by telling another end, which nobody can seal.
    last = AuditEntry.objects.order_by("pk").last()
    AuditEnds.objects.update(last=last.pk, last_seal=last.seal)
    assert sorts() == {"ends_changed"}
    AuditEntry.objects.order_by("pk").first().delete()
    assert "beginning_gone" in sorts()


def test_s22_entries_that_change_places_are_found(trail: list[int]) -> None:
    one, other = trail[5], trail[20]
    for key, to in ((one, -1), (other, one), (-1, other)):
        run("UPDATE people_auditentry SET id = %s WHERE id = %s", to, key)
    assert sorts() == {"does_not_follow"}


def test_s22_what_is_slipped_in_is_found(trail: list[int], ana: User) -> None:
    AuditEntry.objects.create(who=ana, door="page", what="people.changed")
    assert sorts() == {"past_the_end"}


def test_s22_a_detail_is_sealed_and_may_go_in_its_time(trail: list[int]) -> None:
    entry = AuditEntry.objects.get(pk=trail[3])
    run("UPDATE people_auditentry SET detail = 'other' WHERE id = %s", entry.pk)
    assert sorts() == {"detail_changed"}
    run("UPDATE people_auditentry SET detail = '', detail_chance = x'' WHERE id = %s", entry.pk)
    assert sorts() == {"detail_gone"}
    actions.forget_detail(None, entry)  # who erases it says so
    assert sorts() == set()


def test_two_details_alike_have_unlike_seals(trail: list[int], ana: User) -> None:
    for _ in range(2):
        audit(ana, "settings.changed", detail="the same")
    one, other = AuditEntry.objects.filter(detail="the same")
    assert one.detail_seal != other.detail_seal


def test_details_and_old_entries_go_and_the_rest_holds(ana: User, monkeypatch) -> None:
    now = now_ms()
    for days in (800, 750, 200, 100, 10):
        monkeypatch.setattr(actions, "now_ms", lambda days=days: now - days * DAY_MS)
        audit(ana, "settings.changed", f"days:{days}", detail=str(days))
    monkeypatch.setattr(actions, "now_ms", now_ms)
    AuditEntry.objects.filter(what="people.added").update(at=now - 900 * DAY_MS)
    # Made again as it would have been, were it so old.
    first = AuditEntry.objects.order_by("pk").first()
    before = chain.BEGINNING
    for entry in AuditEntry.objects.order_by("pk"):
        entry.seal = before = chain.seal(actions.key(), before, actions.sealed(entry))
        entry.save()
    ends = AuditEnds.objects.get()
    ends.first, ends.last_seal = first.pk, before
    actions._seal_ends(ends)
    assert reading.verify().holds
    actions.let_go(now)
    left = AuditEntry.objects.filter(what="settings.changed").order_by("pk")
    assert [(entry.thing, entry.detail) for entry in left] == [
        ("days:200", ""), ("days:100", ""), ("days:10", "10"),
    ]  # fmt: skip
    assert AuditEntry.objects.get(what="audit.let_go").detail == "3"
    assert reading.verify().holds


def test_a_trail_put_back_whole_is_found_by_a_seal_written_down(trail: list[int], ana) -> None:
    ends = AuditEnds.objects.values().get()
    audit(ana, "people.changed", "user:1")
    written_down = reading.verify().end
    AuditEntry.objects.filter(pk__gt=ends["last"]).delete()
    AuditEnds.objects.update(**ends)  # the file of yesterday
    assert reading.verify().holds
    assert {t.sort for t in reading.verify(written_down).troubles} == {"not_expected"}


def test_control_without_a_key_a_forger_makes_the_chain_anew(trail: list[int], monkeypatch) -> None:
    """With the key in hand a changed trail is sealed again: the key is what finds it."""

    def forge(key: bytes) -> None:
        AuditEntry.objects.filter(pk=trail[2]).update(what="people.added")
        before = chain.BEGINNING
        for entry in AuditEntry.objects.order_by("pk"):
            entry.seal = before = chain.seal(key, before, actions.sealed(entry))
            entry.save()
        ends = AuditEnds.objects.get()
        ends.last_seal = before
        ends.seal = chain.ends_seal(key, ends.sealed)
        ends.save()

    forge(b"a guess")
    assert not reading.verify().holds
    forge(actions.key())
    assert reading.verify().holds


def test_control_a_chain_that_leaves_a_field_out_misses_its_change(trail, monkeypatch) -> None:
    whole = chain.seal
    monkeypatch.setattr(
        chain, "seal", lambda key, before, entry: whole(key, before, entry._replace(thing=""))
    )
    AuditEntry.objects.all().delete()
    AuditEnds.objects.all().delete()
    audit(None, "settings.changed", "a")
    AuditEntry.objects.update(thing="b")
    assert reading.verify().holds


def test_the_page_says_whether_it_holds(trail: list[int], ana: User) -> None:
    browser = Client()
    browser.force_login(ana)
    assert "Every entry is as it was written." in checked(browser)
    AuditEntry.objects.filter(pk=trail[1]).update(what="people.added")
    page = checked(browser)
    assert "Somebody has changed the audit trail." in page
    assert f"entry {trail[1]}" in page
    assert AuditEntry.objects.filter(what="audit.checked", result="trouble").exists()


def checked(browser: Client) -> str:
    answer = browser.post("/audit/check/", follow=True, headers={"accept-language": "en"})
    return answer.content.decode()


def test_the_page_is_narrowed_and_turned(trail: list[int], ana: User) -> None:
    for _ in range(reading.PAGE):
        audit(None, "keys.revoked")
    browser = Client()
    browser.force_login(ana)
    mine = browser.get("/audit/", {"who": ana.pk, "what": "settings.changed"}).context["entries"]
    assert [entry.pk for entry in mine] == trail[::-1][: reading.PAGE]
    first = browser.get("/audit/")
    assert len(first.context["entries"]) == reading.PAGE
    older = browser.get("/audit/" + first.context["older"]).context["entries"]
    assert older[0].pk < first.context["entries"][-1].pk


def test_people_keys_and_pages_are_told_by_their_names(ana: User) -> None:
    audit(ana, "people.changed", f"user:{ana.pk}")
    audit(ana, "page.sent", "new_link")
    audit(ana, "page.sent", "a page of before")
    said = [line.which for line in reading.lines(reading.trail()[:3], "en")]
    assert said == ["a page of before", "/people/…/link/", f"person {ana}"]


def test_the_file_of_a_real_installation(installation: DataDir) -> None:
    def vivencia(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, "--data", str(installation.path), *words],
            env=environ(), capture_output=True, text=True,
        )  # fmt: skip

    for name in ("ana", "eva", "luz"):
        vivencia("user", "add", f"{name}@example.org", "--role", "agent")
    fine = vivencia("audit", "verify")
    assert (fine.returncode, fine.stderr) == (0, "")
    seal = fine.stdout.split()[-1]
    assert vivencia("audit", "verify", "--expect", seal, "--json").returncode == 0
    with open_database(installation.database) as file:
        file.execute("DELETE FROM people_auditentry WHERE id = 3")
    found = vivencia("audit", "verify")
    assert found.returncode == 6
    assert "entry 4: does not follow" in found.stderr


@pytest.mark.django_db
def test_the_daily_check_writes_the_seal_where_the_database_is_not(caplog, trail) -> None:
    with caplog.at_level("INFO", "vivencia"):
        checking.check_daily(now_ms())
    assert reading.verify().end in caplog.text
