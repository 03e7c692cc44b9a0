"""Who may do what: the one table that pages, the API and tests ask.

Each action names the roles that have it and, where a program may do it too, the scope its key
needs. What is not in the table nobody may do. The command line has all rights: whoever runs
it can read the files anyway.
"""

from __future__ import annotations

from typing import NamedTuple

ADMINISTRATOR, MANAGER, ANALYST, AGENT = "administrator", "manager", "analyst", "agent"
PROTECTION = "protection"  # of data: answers what people ask of theirs, and alone sees blocked data
EVERYBODY = frozenset({ADMINISTRATOR, MANAGER, ANALYST, AGENT, PROTECTION})
READERS = frozenset({ADMINISTRATOR, MANAGER, ANALYST})
DECIDERS = frozenset({ADMINISTRATOR, MANAGER})
ADMINISTRATORS = frozenset({ADMINISTRATOR})
PROTECTORS = frozenset({PROTECTION})

INTAKE, READ, CUSTOMERS, DELIGHTED = "intake", "read", "customers", "delighted"
WATCH = "watch"
SCOPES: dict[str, dict[str, str]] = {
    INTAKE: {"es": "enviar interacciones", "en": "send interactions"},
    READ: {
        "es": "leer indicadores y recorridos, sin datos personales",
        "en": "read scores and journeys, without personal data",
    },
    CUSTOMERS: {
        "es": "leer clientes e interacciones sueltas, con datos personales",
        "en": "read customers and single interactions, with personal data",
    },
    DELIGHTED: {
        "es": "hacer las veces de la API de Delighted, con datos personales",
        "en": "stand in for Delighted's API, with personal data",
    },
    WATCH: {
        "es": "vigilar la instalación (métricas, sin datos personales)",
        "en": "watch the installation (metrics, without personal data)",
    },
}


class Rule(NamedTuple):
    roles: frozenset[str]
    scope: str | None = None


POLICY: dict[str, Rule] = {
    # what everybody signed in has
    "home.read": Rule(EVERYBODY),
    "glossary.read": Rule(EVERYBODY, READ),
    "account.edit": Rule(EVERYBODY),
    # what explains
    "scores.read": Rule(READERS, READ),
    "journeys.read": Rule(READERS, READ),
    "margins.edit": Rule(READERS),
    "watches.edit": Rule(READERS),
    "views.save": Rule(READERS),
    "export.run": Rule(READERS),
    "export.personal": Rule(ADMINISTRATORS),
    # single interactions and the people behind them
    "interactions.open": Rule(READERS | PROTECTORS, CUSTOMERS),
    "customers.read": Rule(READERS | PROTECTORS, CUSTOMERS),
    "customers.decide": Rule(DECIDERS),
    "customers.export": Rule(DECIDERS | PROTECTORS),
    "customers.erase": Rule(DECIDERS | PROTECTORS),
    # what comes in
    "interactions.send": Rule(frozenset(), INTAKE),
    "intake.read": Rule(READERS),
    "imports.read": Rule(READERS),
    "imports.run": Rule(READERS),
    "imports.undo": Rule(DECIDERS),
    "quarantine.read": Rule(READERS),
    "quarantine.mend": Rule(READERS),
    # the registry
    "touchpoints.read": Rule(EVERYBODY, READ),
    "touchpoints.edit": Rule(DECIDERS),
    # what goes out
    "outbox.read": Rule(READERS),
    "outbox.open": Rule(DECIDERS),
    "outbox.decide": Rule(DECIDERS),
    "mail.edit": Rule(ADMINISTRATORS),
    "contact.read": Rule(READERS),
    "contact.edit": Rule(DECIDERS),
    "contact.say": Rule(DECIDERS),
    "asking.read": Rule(READERS),
    "asking.edit": Rule(DECIDERS),
    # what is asked
    "surveys.read": Rule(READERS, READ),
    "surveys.edit": Rule(READERS),
    "surveys.publish": Rule(DECIDERS),
    "surveys.share": Rule(DECIDERS),
    "surveys.sign": Rule(ADMINISTRATORS),
    "surveys.follow": Rule(READERS),
    "surveys.call": Rule(frozenset({ADMINISTRATOR, MANAGER, AGENT})),
    # other programs' formats
    "connectors.read": Rule(READERS),
    "connectors.edit": Rule(DECIDERS),
    "delighted.use": Rule(frozenset(), DELIGHTED),
    # what people may ask of their data
    "rights.read": Rule(DECIDERS | PROTECTORS),
    "rights.edit": Rule(ADMINISTRATORS),
    "blocked.open": Rule(PROTECTORS),
    # the house
    "settings.read": Rule(DECIDERS),
    "settings.edit": Rule(ADMINISTRATORS),
    "keys.manage": Rule(ADMINISTRATORS),
    "people.manage": Rule(ADMINISTRATORS),
    "audit.read": Rule(ADMINISTRATORS | PROTECTORS),
    "health.read": Rule(ADMINISTRATORS, WATCH),
}


class Shown(NamedTuple):
    """Which action shows a kind of field in clear, and which shows it masked."""

    clear: str | None
    masked: str | None = None


FIELDS: dict[str, Shown] = {
    "figures": Shown("scores.read"),
    "identities": Shown("interactions.open", "customers.read"),
    "names": Shown("interactions.open", "customers.read"),
    "words": Shown("interactions.open"),
    "messages": Shown("outbox.open"),
    "staff": Shown("people.manage"),
    "trail": Shown("audit.read"),
    "secrets": Shown(None),
}


def role_may(role: str, action: str) -> bool:
    """Whether a person of `role` may do `action`; KeyError for an action nobody declared."""
    return role in POLICY[action].roles


def scopes_may(scopes: frozenset[str], action: str) -> bool:
    """Whether a key with `scopes` may do `action`."""
    scope = POLICY[action].scope
    return scope is not None and scope in scopes


def actions_of(role: str) -> frozenset[str]:
    """Everything a role may do, for a page to know which links to show."""
    return frozenset(action for action, rule in POLICY.items() if role in rule.roles)
