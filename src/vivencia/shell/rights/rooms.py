"""The rooms that hold something about a customer, from the top of the house down.

Those above find their rows by what lies below, so that the vault's identities are the last to go.
"""

from vivencia.connectors import personal as connectors
from vivencia.customers import personal as customers
from vivencia.interactions import personal as interactions
from vivencia.outbox import personal as outbox
from vivencia.surveys import personal as surveys

ROOMS = (connectors, surveys, outbox, customers, interactions)
