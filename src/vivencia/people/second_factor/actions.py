"""Every change to second factors: added, removed, spent, lost; each in the audit trail."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.conf import settings
from django.db import transaction

from vivencia.lib.clock import now_ms
from vivencia.lib.errors import Conflict
from vivencia.people.audit.actions import audit
from vivencia.people.models import RecoveryCode, User
from vivencia.people.second_factor import codes, reading, totp

LONGEST_NAME = 60
MOST_PASSKEYS = 20
USED_STEP = "used_step"  # in a TOTP's data: of two uses of one code the second is refused


def codes_key() -> bytes:
    made: bytes = settings.DATA.derived("recovery-codes")
    return made


@transaction.atomic
def add_totp(user: User, secret: str, code: str) -> bool:
    """Add an app that has just said `code`; False if the code is not of `secret`."""
    step = totp.step_of(secret, code, time.time())
    if step is None:
        return False
    _no_second_app(user)
    Authenticator.objects.create(
        user=user,
        type=Authenticator.Type.TOTP,
        data={"secret": encrypt(secret), USED_STEP: step},
    )
    audit(user, "second_factor.added", f"user:{user.pk}", detail="totp")
    return True


@transaction.atomic
def add_passkey(user: User, name: str, credential: dict[str, Any]) -> None:
    """Add a passkey whose answer has been checked."""
    if Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).count() >= (
        MOST_PASSKEYS
    ):
        raise Conflict(
            es=f"Ya tienes {MOST_PASSKEYS} llaves de acceso. Quita alguna antes.",
            en=f"You already have {MOST_PASSKEYS} passkeys. Remove one first.",
        )
    WebAuthn.add(user, name.strip()[:LONGEST_NAME], credential)
    audit(user, "second_factor.added", f"user:{user.pk}", detail="passkey")


@transaction.atomic
def remove(user: User, key: int) -> None:
    """Take one away; with the last, the recovery codes go too. NotFound if it is not theirs."""
    found = reading.factor(user, key)
    audit(user, "second_factor.removed", f"user:{user.pk}", detail=found.type)
    found.delete()
    if not reading.has_one(user):
        RecoveryCode.objects.filter(user=user).delete()


@transaction.atomic
def make_codes(user: User) -> list[str]:
    """Ten new recovery codes, in the answer and nowhere else; the old ones end."""
    RecoveryCode.objects.filter(user=user).delete()
    made = codes.new_codes()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, mac=codes.mac_of(codes_key(), user.pk, code)) for code in made
    )
    audit(user, "second_factor.codes_made", f"user:{user.pk}")
    return made


@transaction.atomic
def spend(user: User, code: str) -> bool:
    """Whether `code` is of this person's app or a recovery code; either is good once."""
    plain = "".join(code.split())
    if plain.isascii() and plain.isdecimal():
        return _spend_totp(user, plain)
    mac = codes.mac_of(codes_key(), user.pk, code)
    spent = RecoveryCode.objects.filter(user=user, mac=mac, spent_at=None).update(spent_at=now_ms())
    if spent:
        audit(user, "second_factor.code_spent", f"user:{user.pk}")
    return bool(spent)


@transaction.atomic
def reset(actor: User | None, user: User) -> None:
    """For who has lost everything: no second factor, no codes, and signed out everywhere."""
    from vivencia.people.actions import sign_out_everywhere  # noqa: PLC0415 (it imports access)

    Authenticator.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    sign_out_everywhere(user)
    audit(actor, "second_factor.reset", f"user:{user.pk}")


def _spend_totp(user: User, code: str) -> bool:
    app = (
        Authenticator.objects.select_for_update()
        .filter(user=user, type=Authenticator.Type.TOTP)
        .first()
    )
    if app is None:
        return False
    used = app.data.get(USED_STEP, -1)
    step = totp.step_of(decrypt(app.data["secret"]), code, time.time(), after=used)
    if step is None:
        return False
    app.data[USED_STEP] = step
    app.save(update_fields=["data"])
    app.record_usage()
    return True


def _no_second_app(user: User) -> None:
    if Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        raise Conflict(
            es="Ya tienes una aplicación. Quítala antes de poner otra.",
            en="You already have an app. Remove it before adding another.",
        )
