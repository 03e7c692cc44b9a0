"""What codes are called on a customer's pages, in the reader's language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vivencia.interactions import vocabulary
from vivencia.interactions.kinds import known
from vivencia.interactions.record import Initiator, Outcome, Sort, Stage

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
NPS: dict[str, Promise] = {
    "promoter": _("promoter"),
    "passive": _("passive"),
    "detractor": _("detractor"),
}
SCALES = {
    "nps": ("NPS", 10), "csat5": ("CSAT", 5), "csat3": ("CSAT", 3), "ces7": ("CES", 7),
    "ces5": ("CES", 5), "rating3": ("", 3), "rating5": ("", 5), "rating7": ("", 7),
    "rating10": ("", 10),
}  # fmt: skip
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
    language = "es" if _language().startswith("es") else "en"
    return declared.sentence[language]


def channel_said(channel: str) -> str:
    return vocabulary.said("channel", channel, _language())


def stage_said(stage: int) -> str:
    """A stage as the title of a chapter; a story without stages is one chapter."""
    if not stage:
        return str(_("The story"))
    return vocabulary.titled("stage", Stage(stage).name, _language())


def outcome_said(outcome: int) -> str:
    return vocabulary.said("outcome", Outcome(outcome).name, _language()) if outcome else ""


def _language() -> str:
    return get_language() or "en"
