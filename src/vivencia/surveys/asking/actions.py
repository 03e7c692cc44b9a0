"""Every write of asking: one invitation by hand, and the policies that ask by themselves."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from vivencia.customers.contact.words import CHANNELS
from vivencia.interactions.kinds import known
from vivencia.interactions.models import Counter, LogEntry
from vivencia.lib.clock import DAY_MS, now_ms
from vivencia.lib.errors import BadInput, Conflict, NotFound
from vivencia.outbox import actions as outbox
from vivencia.people.actions import audit
from vivencia.people.models import User
from vivencia.surveys.asking import due
from vivencia.surveys.asking.following import MARK
from vivencia.surveys.asking.scheduling import Of, Plan, schedule
from vivencia.surveys.models import Invitation, Policy, PolicyState, State, Survey

MOST_DELAY_MS = 30 * DAY_MS


@transaction.atomic
def invite(
    actor: User | None,
    survey: Survey,
    identity: int,
    *,
    judged: int | None = None,
    about: bytes | None = None,
    channels: Sequence[str] = ("email",),
    at: int | None = None,
) -> Invitation:
    """Ask one person, within their budget; the invitation says at once if they are not asked."""
    if survey.state != State.published:
        raise Conflict(
            es="Publica la encuesta antes de invitar a nadie.",
            en="Publish the survey before you invite anybody.",
        )
    now = now_ms()
    of = Of(survey.pk, survey.purpose, None, tuple(channels))
    schedule(of, [Plan(identity, at or now, judged, about)], now)
    made = Invitation.objects.filter(survey=survey, created_at=now).order_by("-key").first()
    if made is None:
        raise Conflict(
            es="Ya se le preguntó por esa interacción.",
            en="They were asked about that interaction already.",
        )
    audit(actor, "asking.invited", f"survey:{survey.slug}", detail=f"identity {identity}")
    return made


@transaction.atomic
def cancel(actor: User, key: int) -> None:
    """Stop an invitation that has not been sent."""
    one = Invitation.objects.filter(key=key).first()
    if one is None:
        raise NotFound(es="Esa invitación no está.", en="That invitation is not here.")
    if one.message is not None and not outbox.cancel(one.message, "cancelled", actor):
        raise Conflict(es="Ya salió.", en="It has left already.")
    due.skip(one, "cancelled")
    audit(actor, "asking.cancelled", f"invitation:{key}")


# ------------------------------------------------------------------ policies
@transaction.atomic
def save_policy(actor: User | None, policy: Policy) -> Policy:
    """Keep a policy that makes sense; BadInput says what does not."""
    _check(policy)
    policy.save()
    audit(actor, "asking.policy_saved", f"policy:{policy.pk}")
    return policy


@transaction.atomic
def go_live(actor: User, policy: Policy) -> None:
    """From now on it asks: after what happens from here, never after what is history."""
    if policy.survey.state != State.published:
        raise Conflict(
            es="Publica la encuesta antes de que la regla pregunte.",
            en="Publish the survey before the rule asks.",
        )
    newest = LogEntry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    Counter.objects.get_or_create(name=MARK, defaults={"n": newest})
    policy.state, policy.since = PolicyState.live, newest
    policy.save(update_fields=["state", "since"])
    audit(actor, "asking.policy_live", f"policy:{policy.pk}")


@transaction.atomic
def pause(actor: User, policy: Policy) -> None:
    """It asks nobody from now on; what waits is not sent."""
    policy.state = PolicyState.paused
    policy.save(update_fields=["state"])
    audit(actor, "asking.policy_paused", f"policy:{policy.pk}")


@transaction.atomic
def remove_policy(actor: User, policy: Policy) -> None:
    """Take the rule away; whom it asked stays written."""
    for one in Invitation.objects.filter(policy=policy, state=due.SCHEDULED):
        due.skip(one, "paused")
    audit(actor, "asking.policy_removed", f"policy:{policy.pk}")
    policy.delete()


def _check(policy: Policy) -> None:
    unknown = [kind for kind in policy.kinds if kind not in known()]
    by_calendar = policy.cadence > 0
    if by_calendar == bool(policy.kinds) or unknown:
        raise _no_sense(
            "Di tras qué interacciones se pregunta, o cada cuántos días; una de las dos cosas.",
            "Say after which interactions to ask, or every how many days; one of the two.",
        )
    if by_calendar and not 30 <= policy.cadence <= 730:
        raise _no_sense(
            "El calendario va de 30 a 730 días.", "The calendar goes from 30 to 730 days."
        )
    if not policy.channels or any(channel not in CHANNELS for channel in policy.channels):
        raise _no_sense("Elige al menos un canal.", "Choose one channel at least.")
    if not 0 <= policy.delay <= MOST_DELAY_MS or not 0 <= policy.remind_after <= MOST_DELAY_MS:
        raise _no_sense("La espera va de 0 a 30 días.", "The wait goes from 0 to 30 days.")
    if not 1 <= policy.share <= 1000:
        raise _no_sense("La parte va del 0,1 al 100 %.", "The share goes from 0.1 to 100 %.")


def _no_sense(es: str, en: str) -> BadInput:
    return BadInput(es=es, en=en, reason="policy")
