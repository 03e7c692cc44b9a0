"""The tables of surveys, by what they are for."""

from vivencia.surveys.models.definition import Revision, State, Survey, Version

__all__ = ["Revision", "State", "Survey", "Version"]
