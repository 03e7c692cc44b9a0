"""What codes are called on a customer's pages, in the reader's language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vivencia.interactions.kinds import known
from vivencia.interactions.record import Initiator, Outcome, Sort, Stage

STAGES: dict[int, Promise] = {
    Stage.none: _("The story"),
    Stage.discover: _("Discover"),
    Stage.select: _("Select"),
    Stage.buy: _("Buy"),
    Stage.use: _("Use"),
    Stage.maintain: _("Maintain"),
    Stage.renew: _("Renew"),
}
SORTS: dict[int, Promise] = {
    Sort.account: _("account"),
    Sort.email: _("e-mail"),
    Sort.phone: _("telephone"),
    Sort.device: _("device"),
}
INITIATORS: dict[int, Promise] = {
    Initiator.customer: _("the customer began it"),
    Initiator.company: _("we began it"),
    Initiator.system: _("automatic"),
}
OUTCOMES: dict[int, Promise] = {
    Outcome.success: _("success"),
    Outcome.failure: _("failure"),
    Outcome.abandoned: _("left unfinished"),
}
CHANNELS: dict[str, Promise] = {
    "web": _("web"),
    "app": _("app"),
    "email": _("e-mail"),
    "phone": _("telephone"),
    "chat": _("chat"),
    "social": _("social media"),
    "store": _("branch or shop"),
    "mail": _("post"),
    "messaging": _("messaging"),
}
NPS: dict[str, Promise] = {
    "promoter": _("promoter"),
    "passive": _("passive"),
    "detractor": _("detractor"),
}
SCALES = {"nps": ("NPS", 10), "csat5": ("CSAT", 5), "csat3": ("CSAT", 3), "ces7": ("CES", 7)}
EVIDENCE: dict[str, Promise] = {
    "together": _("They came in the same interaction"),
    "identify": _("They were identified as the same person"),
    "alias": _("One identifier took the place of the other"),
    "decision": _("A person decided it"),
}


def kind_said(kind: str) -> str:
    """The sentence of a declared kind; the sender's own text for any other."""
    declared = known().get(kind)
    if declared is None:
        return kind
    language = "es" if (get_language() or "en").startswith("es") else "en"
    return declared.sentence[language]


def channel_said(channel: str) -> str:
    return str(CHANNELS.get(channel, channel))
