"""What the demo company knows of its customers and has watched: both are planted truths."""

from __future__ import annotations


def weigh_and_watch(now: int) -> None:
    """Tell the true shares of plans and segments, watch the three scores from the planted day on
    (branches give no appointments in the afternoon), and look once. `now` is UTC milliseconds."""
    from vivencia.lib.clock import moment
    from vivencia.scores.margins.actions import set_shares
    from vivencia.scores.margins.shares import PERCENT, shares_of
    from vivencia.scores.watches.actions import begin
    from vivencia.scores.watches.jobs import look_at_all
    from vivencia.scores.watches.views import USUAL, USUAL_FIELDS
    from vivencia.simulator import scenario

    known = {
        "segment": zip(scenario.SEGMENTS, scenario.SEGMENT_SHARE, strict=True),
        "plan": zip(scenario.PLANS, scenario.PLAN_SHARE, strict=True),
    }
    percentages = {
        field: {value: 100 * share for value, share in shares} for field, shares in known.items()
    }
    set_shares(None, {field: shares_of(each, PERCENT) for field, each in percentages.items()})
    changed = moment(scenario.span(moment(now).date()).change).date()
    for definition in USUAL:
        begin(None, definition, USUAL_FIELDS, changed)
    look_at_all(now)
