"""What this room holds about the staff: each field with its purpose, ground, term and class."""

from __future__ import annotations

from typing import Any

_WORK = "while they work here and 2 years after, as the audit trail"


def _kept(es: str, en: str, basis: str, retention: str, sort: str) -> dict[str, Any]:
    return {
        "purpose": {"es": es, "en": en},
        "basis": basis,
        "retention": retention,
        "class": sort,
    }


_TELL_APART = _kept(
    "distinguir a quien trabaja aquí", "tell the staff apart", "contract", _WORK, "contact"
)
_SIGNED_IN = _kept(
    "mantener la sesión (resumen con clave)", "stay signed in (keyed hash)",
    "contract", "12 hours unused, 14 days at most, or signing out", "credential",
)  # fmt: skip
_CHOSEN = _kept(
    "volver a lo que alguien mira", "come back to what somebody looks at",
    "contract", "until deleted, or the account goes", "behaviour",
)  # fmt: skip
_WHO_DID_WHAT = _kept(
    "saber quién hizo qué", "know who did what", "legal duty", "2 years", "behaviour"
)

FIELDS = {
    "people_user.email": _TELL_APART,
    "people_user.name": _TELL_APART,
    "people_user.role": _TELL_APART,
    "people_user.language": _TELL_APART,
    "people_user.password": _kept(
        "entrar (resumen Argon2)", "sign in (Argon2 hash)", "contract", "until changed",
        "credential",
    ),
    "people_session.session_key": _SIGNED_IN,
    "people_session.session_data": _SIGNED_IN,
    "people_signintoken.digest": _kept(
        "entrar por un enlace (resumen)", "come in by a link (hash)", "contract",
        "spent, or 1 hour", "credential",
    ),
    "people_signinattempt.key": _kept(
        "que nadie adivine contraseñas (resumen con clave de la cuenta o la red)",
        "keep passwords from being guessed (keyed hash of the account or the network)",
        "legitimate interest", "1 hour", "pseudonym",
    ),
    "people_savedview.name": _CHOSEN,
    "people_savedview.page": _CHOSEN,
    "people_savedview.query": _CHOSEN,
    "people_auditentry.what": _WHO_DID_WHAT,
    "people_auditentry.thing": _WHO_DID_WHAT,
    "people_auditentry.detail": _kept(
        "saber qué cambió", "know what was changed", "legal duty", "90 days", "behaviour"
    ),
}  # fmt: skip

NOT_PERSONAL = (
    "people_department.name",
    "people_signintoken.purpose",
    "people_apikey.name",
    "people_apikey.prefix",
    "people_apikey.mac",
    "people_apikey.scopes",
    "people_auditentry.door",
    "people_auditentry.result",
    "people_organisation.name",
    "people_organisation.time_zone",
    "people_organisation.language",
)
