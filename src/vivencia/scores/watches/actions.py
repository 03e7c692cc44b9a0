"""Every change to what is watched, and to what was found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from vivencia.interactions.actions import administrative, record
from vivencia.lib.clock import now_ms
from vivencia.lib.errors import BadInput, NotFound
from vivencia.people.actions import audit
from vivencia.people.models import User
from vivencia.scores.definitions import DEFINITIONS
from vivencia.scores.models import Alert, Watch
from vivencia.scores.watches.looking import Found

ALERT_RAISED = "alert.raised"
FIELDS = ("touchpoint", "channel", "place")
LONGEST_NOTE = 500


@transaction.atomic
def begin(actor: User | None, definition: str, fields: Sequence[str], begun: dt.date) -> Watch:
    """Watch a score from `begun` on, against the days before it. One that is watched already is
    watched by these fields from now on, and its rounds go on. Raises BadInput."""
    meaning = DEFINITIONS.get(definition)
    if meaning is None or not meaning.scale or not set(fields) <= set(FIELDS):
        raise BadInput(es="Eso no se puede vigilar.", en="That can not be watched.")
    watch, _ = Watch.objects.update_or_create(
        definition=definition,
        defaults={"fields": list(dict.fromkeys(fields))},
        create_defaults={"fields": list(dict.fromkeys(fields)), "begun": begun},
    )
    audit(actor, "scores.watch_begun", f"watch:{watch.pk}", detail=definition)
    return watch


@transaction.atomic
def end(actor: User | None, key: int) -> None:
    """Watch it no longer; what it found goes with it, what the log recorded stays."""
    watch = Watch.objects.filter(pk=key).first()
    if watch is None:
        raise NotFound(es="Eso ya no se vigila.", en="That is no longer watched.")
    audit(actor, "scores.watch_ended", f"watch:{watch.pk}", detail=watch.definition)
    watch.delete()


@transaction.atomic
def raise_alerts(watch: Watch, found: Sequence[Found]) -> list[Alert]:
    """An alert, and its interaction, for each group found that has none in this round yet."""
    told = set(watch.alerts.values_list("field", "value", "since"))
    return [_raise(watch, one) for one in found if (*one.group, one.since) not in told]


def _raise(watch: Watch, one: Found) -> Alert:
    field, value = one.group
    where = {field: value} if field in FIELDS else {}
    happened = administrative(ALERT_RAISED)
    for name, word in where.items():
        setattr(happened, name, word)
    record([happened])
    moved_field, part = one.moved or ("", None)
    return Alert.objects.create(
        watch=watch, field=field, value=value, since=one.since, until=one.until,
        before_n=one.before.n, before=one.before.total / one.before.n,
        now_n=one.now.n, now=one.now.total / one.now.n, p=one.p,
        moved_field=moved_field, moved_by=part.group if part else "",
        moved=part.whole if part else 0.0, mix=bool(part and abs(part.mix) > abs(part.rate)),
        raised_at=now_ms(), interaction=happened.id,
    )  # fmt: skip


@transaction.atomic
def acknowledge(actor: User, key: int, note: str) -> Alert:
    """Somebody has looked at it, and what they wrote beside it. A second time changes nothing."""
    alert = Alert.objects.filter(pk=key).first()
    if alert is None:
        raise NotFound(es="Ese aviso no está aquí.", en="That alert is not here.")
    if alert.seen_at is None:
        alert.seen_at, alert.seen_by = now_ms(), actor
        alert.note = " ".join(note.split())[:LONGEST_NOTE]
        alert.save(update_fields=["seen_at", "seen_by", "note"])
        audit(actor, "scores.alert_seen", f"alert:{alert.pk}")
    return alert
