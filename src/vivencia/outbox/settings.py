"""By which servers messages leave, as the page and the environment say it.

A secret comes from the environment (or a file it names) where it is said there, else from the
settings page, sealed in the database.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from vivencia.lib import given
from vivencia.lib.sealed import unseal
from vivencia.outbox.carriers.smtp import Server
from vivencia.outbox.compose import Signature
from vivencia.outbox.models import OutboxSettings

# field of the settings -> name in the environment; …_FILE names a file that holds it.
SECRETS = {
    "password": "VIVENCIA_SMTP_PASSWORD",
    "imap_password": "VIVENCIA_IMAP_PASSWORD",
    "gateway_token": "VIVENCIA_GATEWAY_TOKEN",
    "dkim_key": "VIVENCIA_DKIM_KEY",
}
SECRET_FILES = {
    "password": "VIVENCIA_SMTP_PASSWORD_FILE",
    "imap_password": "VIVENCIA_IMAP_PASSWORD_FILE",
    "gateway_token": "VIVENCIA_GATEWAY_TOKEN_FILE",
    "dkim_key": "VIVENCIA_DKIM_KEY_FILE",
}


class Mail(NamedTuple):
    """How e-mail leaves: `server` is None while it is only kept here."""

    server: Server | None
    signature: Signature | None
    from_name: str
    from_address: str
    reply_to: str
    bounce_address: str


def stored() -> OutboxSettings:
    """What the settings page says; the defaults before anybody has been there."""
    return OutboxSettings.objects.filter(pk=1).first() or OutboxSettings(pk=1)


def secret(row: OutboxSettings, field: str) -> str:
    """The secret of `field` in clear; empty if nobody gave one."""
    if said := given.secret(SECRETS[field]):
        return said
    return unseal(getattr(row, field), field).decode()


def from_environment(field: str) -> bool:
    """Whether the environment says this secret, so that the page need not."""
    return bool(os.environ.get(SECRETS[field]) or os.environ.get(SECRET_FILES[field]))


def mail() -> Mail:
    row = stored()
    server = None
    if row.carrier == "smtp" and row.host:
        server = Server(row.host, row.port, row.security, row.username, secret(row, "password"))
    key = secret(row, "dkim_key")
    signature = None
    if key and row.dkim_domain:
        signature = Signature(row.dkim_domain, row.dkim_selector, key.encode())
    sender = row.from_address or "vivencia@localhost.localdomain"
    return Mail(server, signature, row.from_name, sender, row.reply_to,
                row.bounce_address or sender)  # fmt: skip


def webhook_secrets() -> list[bytes]:
    """The secrets a mail service may sign with: the present one and, while it is exchanged, the
    former one. None before somebody made one."""
    row = stored()
    found = (
        unseal(row.webhook_secret, "webhook_secret"), unseal(row.webhook_former, "webhook_secret")
    )  # fmt: skip
    return [secret for secret in found if secret]
