"""The look at everything that is watched: `shell/jobs.py` calls it as the columns follow."""

from __future__ import annotations

from vivencia.columns.here import asking
from vivencia.lib.clock import moment
from vivencia.people.reading import organisation
from vivencia.scores.models import Alert, Watch
from vivencia.scores.watches.actions import raise_alerts
from vivencia.scores.watches.looking import look


def look_at_all(now: int) -> list[Alert]:
    """The alerts that one look at every watched score raises at `now` (UTC ms)."""
    watches = list(Watch.objects.all())
    if not watches:
        return []
    ours = organisation()
    today = moment(now).astimezone(ours.zone).date()
    raised: list[Alert] = []
    with asking() as columns:
        looks = [
            (watch, look(columns, watch.definition, watch.fields, watch.begun, today,
                         ours.time_zone))
            for watch in watches
        ]  # fmt: skip
    for watch, seen in looks:
        raised += raise_alerts(watch, seen.found)
    return raised
