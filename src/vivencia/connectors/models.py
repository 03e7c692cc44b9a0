"""The tables of connectors, by the program they stand in for."""

from vivencia.connectors.delighted.models import Choice, Gone, Membership

__all__ = ["Choice", "Gone", "Membership"]
