"""Changing by which servers messages leave; secrets are sealed on their way in."""

from __future__ import annotations

import base64
import secrets

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings as django
from django.db import transaction

from vivencia.lib.errors import Conflict
from vivencia.lib.sealed import seal
from vivencia.outbox.models import OutboxSettings
from vivencia.outbox.settings import SECRETS, stored
from vivencia.people.actions import audit
from vivencia.people.models import User

_BITS = 2048


@transaction.atomic
def change(user: User, **values: object) -> None:
    """Keep new settings. Sending by a server needs an https address people can reach us at,
    since every such mail must let them say no (RFC 8058)."""
    if values.get("carrier") == "smtp" and not django.PUBLIC_URL.startswith("https://"):
        raise Conflict(
            es="Antes de enviar correo, di con qué dirección https se llega a Vivencia "
            "(VIVENCIA_URL): cada correo lleva un enlace para darse de baja.",
            en="Before mail is sent, say at which https address Vivencia is reached "
            "(VIVENCIA_URL): each mail carries a link to unsubscribe.",
        )
    row = stored()
    for name, value in values.items():
        if name in SECRETS:
            if value:
                setattr(row, name, seal(str(value).encode(), name))
        else:
            setattr(row, name, value)
    row.save()
    told = sorted(name for name in values if name not in SECRETS)
    audit(user, "mail.changed", detail=" ".join(told))


@transaction.atomic
def make_dkim_key(user: User) -> None:
    """A new key to sign with, and the record of it to publish; the former signs no more."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )  # fmt: skip
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    row = stored()
    row.dkim_key = seal(private, "dkim_key")
    row.dkim_public = f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"
    row.save()
    audit(user, "mail.dkim_key_made")


@transaction.atomic
def make_webhook_secret(user: User) -> str:
    """A new secret for the mail service to sign with, shown once; the former one stays good
    until the next is made, so that none of its events is lost meanwhile."""
    text = secrets.token_hex(32)
    row = stored()
    row.webhook_former = row.webhook_secret
    row.webhook_secret = seal(text.encode(), "webhook_secret")
    row.save()
    audit(user, "mail.webhook_secret_made")
    return text


def initial(row: OutboxSettings) -> dict[str, object]:
    """What the form shows: everything but secrets."""
    names = [field.name for field in OutboxSettings._meta.fields if field.name != "id"]
    hidden = {*SECRETS, "webhook_secret", "webhook_former", "dkim_public"}
    return {name: getattr(row, name) for name in names if name not in hidden}
