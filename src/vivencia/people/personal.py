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
    "contract", "until it ends: 12 hours unused or what is set, 30 days at most", "credential",
)  # fmt: skip
_WHERE = _kept(
    "reconocer las sesiones propias (navegador, red /24 o /64)",
    "tell one's own sessions apart (browser, /24 or /64 network)",
    "legitimate interest", "as long as the session, 30 days at most", "behaviour",
)  # fmt: skip
_CHOSEN = _kept(
    "volver a lo que alguien mira", "come back to what somebody looks at",
    "contract", "until deleted, or the account goes", "behaviour",
)  # fmt: skip
_WHO_DID_WHAT = _kept(
    "saber quién hizo qué", "know who did what", "legal duty", "2 years", "behaviour"
)
_SEALED = _kept(
    "saber que nadie cambió un detalle (resumen con clave y azar)",
    "know that nobody changed a detail (keyed hash, with chance)",
    "legal duty", "the chance 90 days, the hash 2 years", "pseudonym",
)  # fmt: skip

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
    "people_session.device": _WHERE,
    "people_session.network": _WHERE,
    "people_recoverycode.mac": _kept(
        "entrar si se pierde el segundo factor (resumen con clave)",
        "come in when the second factor is lost (keyed hash)",
        "contract", "until made anew, or the factor is removed", "credential",
    ),
    "people_provideraccount.subject": _kept(
        "reconocer a quien trae el proveedor de identidad",
        "know again whom the identity provider brings",
        "contract", "while they come in there", "pseudonym",
    ),
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
    "people_auditentry.detail_chance": _SEALED,
    "people_auditentry.detail_seal": _SEALED,
    "people_auditentry.what": _WHO_DID_WHAT,
    "people_auditentry.thing": _WHO_DID_WHAT,
    "people_auditentry.detail": _kept(
        "saber qué cambió", "know what was changed", "legal duty", "90 days", "behaviour"
    ),
}  # fmt: skip

NOT_PERSONAL = (
    "people_department.name",
    "people_provideraccount.issuer",
    "people_signintoken.purpose",
    "people_apikey.name",
    "people_apikey.prefix",
    "people_apikey.mac",
    "people_apikey.scopes",
    "people_auditentry.door",
    "people_auditentry.result",
    "people_auditentry.seal",
    "people_auditends.before_seal",
    "people_auditends.last_seal",
    "people_auditends.seal",
    "people_auditends.trouble",
    "people_organisation.name",
    "people_organisation.time_zone",
    "people_organisation.language",
    "people_organisation.second_factor",
)
