"""What is too old goes, what it was about stays, and one room that fails stops no other."""

import os
from typing import Any

import pytest
from django.conf import settings

from vivencia.interactions.models import Quarantined
from vivencia.lib.clock import DAY_MS, now_ms
from vivencia.people.actions import add_user, new_link
from vivencia.people.audit import actions as auditing
from vivencia.people.models import AuditEntry, SignInToken
from vivencia.shell import sweeping

pytestmark = pytest.mark.django_db
NOW = now_ms()


def quarantined(days: int) -> Quarantined:
    return Quarantined.objects.create(
        raw=b"{}", reason="bad_time", detail="sent_at", door="interactions",
        received_at=NOW - days * DAY_MS,
    )  # fmt: skip


def test_details_of_the_audit_trail_go_after_ninety_days(monkeypatch: Any) -> None:
    ana = add_user(None, "ana@example.org", "administrator")
    for days in (91, 89):
        monkeypatch.setattr(auditing, "now_ms", lambda days=days: NOW - days * DAY_MS)
        auditing.audit(ana, "people.changed", "user:7", detail="role")
    sweeping.sweep_all(NOW)
    recent, old = AuditEntry.objects.filter(what="people.changed")
    assert (recent.detail, old.detail) == ("role", "")
    assert (old.who, old.what, old.thing, old.result) == (ana, "people.changed", "user:7", "done")
    assert old.at == NOW - 91 * DAY_MS


def test_quarantined_bytes_go_after_ninety_days_and_their_reason_stays() -> None:
    quarantined(89), quarantined(91)
    sweeping.sweep_all(NOW)
    kept, old = Quarantined.objects.order_by("-received_at")
    assert (kept.state, bytes(kept.raw)) == ("waiting", b"{}")
    assert (old.state, bytes(old.raw), old.reason) == ("dropped", b"", "bad_time")


def test_old_files_and_dead_links_go() -> None:
    new, old = settings.DATA.uploads / "new.csv", settings.DATA.errors / "old.csv"
    for file in (new, old):
        file.write_text("a")
    os.utime(old, (NOW / 1000 - 91 * 86400,) * 2)
    new_link(None, "start")
    sweeping.sweep_all(NOW)
    assert SignInToken.objects.count() == 1
    assert (new.exists(), old.exists()) == (True, False)
    sweeping.sweep_all(NOW + DAY_MS)
    assert not SignInToken.objects.exists()
    new.unlink()


def test_a_room_that_fails_stops_no_other(monkeypatch: Any) -> None:
    quarantined(91)

    def fail(now: int) -> None:
        raise OSError

    monkeypatch.setattr(sweeping.people, "sweep", fail)
    sweeping.sweep_all(NOW)
    assert Quarantined.objects.get().state == "dropped"


def test_control_unswept_all_stays() -> None:
    quarantined(91)
    assert Quarantined.objects.get().state == "waiting"
