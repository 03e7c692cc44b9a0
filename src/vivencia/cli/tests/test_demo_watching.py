"""The demo tells the shares it planted, and watches from the day it planted a change."""

from __future__ import annotations

import pytest

from vivencia.cli.demo_watching import weigh_and_watch
from vivencia.columns import here
from vivencia.columns.memory import MemoryColumns
from vivencia.interactions.models import FactName
from vivencia.lib.clock import moment, now_ms
from vivencia.scores.margins.shares import WHOLE
from vivencia.scores.models import KnownShare, Watch
from vivencia.simulator import scenario


@pytest.mark.django_db
def test_what_the_demo_tells_is_what_was_planted() -> None:
    FactName.objects.bulk_create(
        FactName(name=name, sort="category", declared_at=1) for name in ("plan", "segment")
    )
    columns = MemoryColumns([])
    here.own(columns)
    now = now_ms()
    weigh_and_watch(now)
    here.own(None)
    columns.close()
    told = {(one.field, one.value): one.share / WHOLE for one in KnownShare.objects.all()}
    planted = {
        **{("plan", name): share for name, share in _pairs(scenario.PLANS, scenario.PLAN_SHARE)},
        **{("segment", name): share
           for name, share in _pairs(scenario.SEGMENTS, scenario.SEGMENT_SHARE)},
    }  # fmt: skip
    assert told == pytest.approx(planted)
    changed = moment(scenario.span(moment(now).date()).change).date()
    assert {one.begun for one in Watch.objects.all()} == {changed}


def _pairs(names: tuple[str, ...], shares: tuple[float, ...]) -> list[tuple[str, float]]:
    return list(zip(names, shares, strict=True))
