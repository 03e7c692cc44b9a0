"""The tables of surveys, by what they are for."""

from vivencia.surveys.models.answering import Attachment, Draft, Filled, Link, Spent, Waiting
from vivencia.surveys.models.asking import Invitation, InvitationState, Policy, PolicyState
from vivencia.surveys.models.channels import (
    Call,
    Conversation,
    Delivery,
    Device,
    Heard,
    Share,
)
from vivencia.surveys.models.definition import Revision, State, Survey, Version
from vivencia.surveys.models.following import Care, Followed
from vivencia.surveys.models.importing import Brought

__all__ = [
    "Attachment", "Brought", "Call", "Care", "Conversation", "Delivery", "Device", "Draft",
    "Filled", "Followed", "Heard", "Invitation", "InvitationState", "Link", "Policy", "PolicyState",
    "Revision", "Share", "Spent", "State", "Survey", "Version", "Waiting",
]  # fmt: skip
