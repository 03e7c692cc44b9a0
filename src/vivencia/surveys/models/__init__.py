"""The tables of surveys, by what they are for."""

from vivencia.surveys.models.answering import Draft, Filled, Link, Spent, Waiting
from vivencia.surveys.models.asking import Invitation, InvitationState, Policy, PolicyState
from vivencia.surveys.models.definition import Revision, State, Survey, Version

__all__ = [
    "Draft", "Filled", "Invitation", "InvitationState", "Link", "Policy", "PolicyState", "Revision",
    "Spent", "State", "Survey", "Version", "Waiting",
]  # fmt: skip
