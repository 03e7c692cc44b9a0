"""How the demo company asks: the surveys its answers came by, a rule being tried, some letters."""

from __future__ import annotations

SLUGS = ("relationship-nps", "csat", "ces")  # templates; the simulated answers name them so
AFTER = "call.ended"
INVITED, TEXTED = 12, 3


def publish_and_ask() -> None:
    """Publish the surveys, keep a rule that is still being tried, and invite a few customers.

    Their letters are written by the server, which knows the address it is reached at.
    """
    from vivencia.interactions.models import Identity
    from vivencia.interactions.record import Sort
    from vivencia.lib.clock import DAY_MS, HOUR_MS, now_ms
    from vivencia.surveys import catalogue
    from vivencia.surveys.asking.actions import invite, save_policy
    from vivencia.surveys.builder.actions import create, publish
    from vivencia.surveys.models import Policy

    surveys = {}
    for name in reversed(SLUGS):  # the latest changed stands first in the list
        template = catalogue.template(name)
        survey = create(None, template.definition, slug=name, purpose=template.purpose)
        surveys[name] = publish(None, survey).survey
    rule = Policy(survey=surveys["csat"], kinds=[AFTER], delay=2 * HOUR_MS, channels=["email"])
    save_policy(None, rule)
    yesterday_noon = now_ms() // DAY_MS * DAY_MS - 12 * HOUR_MS  # whatever the hour, not quiet
    phones = Identity.objects.filter(sort=Sort.phone).order_by("-key")
    for identity in phones.values_list("key", flat=True)[:TEXTED]:
        invite(None, surveys["csat"], identity, channels=("messaging",), at=yesterday_noon)
    emails = Identity.objects.filter(sort=Sort.email).order_by("-key")
    for identity in emails.values_list("key", flat=True)[:INVITED]:
        invite(None, surveys["relationship-nps"], identity, at=yesterday_noon)
