"""The mailbox bounces come back to, over IMAP. A mail is marked as seen once it is taken in."""

from __future__ import annotations

import imaplib
import logging
import ssl
from typing import Any

from imap_tools import AND, MailBox, MailBoxUnencrypted, MailMessageFlags

from vivencia.lib import safe_http
from vivencia.outbox import settings
from vivencia.outbox.bounces.actions import take_in
from vivencia.outbox.bounces.reports import MOST_BYTES, Report, read_report

log = logging.getLogger(__name__)
PATIENCE_S = 20
_AT_ONCE = 200


def collect(now: int) -> int:
    """Take in what came back since the last call; how many reports said something new."""
    row = settings.stored()
    if not row.imap_host:
        return 0
    try:
        with _mailbox(row.imap_host, row.imap_port) as box:
            box.login(row.imap_username, settings.secret(row, "imap_password"), row.imap_folder)
            return _read(box, now)
    except Exception as error:  # what servers elsewhere do is not ours to crash by
        log.warning("the mailbox of bounces can not be read: %s", type(error).__name__)
        return 0


def _mailbox(host: str, port: int) -> Any:
    """Encrypted, by a certificate we trust, but on this machine: nobody listens in on it."""
    if host in safe_http.THIS_MACHINE:
        return MailBoxUnencrypted(host, port, timeout=PATIENCE_S)
    return _MailBox(host, port, timeout=PATIENCE_S)


class _MailBox(MailBox):
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return _Imap(self._host, self._port)


class _Imap(imaplib.IMAP4_SSL):
    """Connects where lib/safe_http.py lets us."""

    def __init__(self, host: str, port: int) -> None:
        # Without a context of ours, imaplib would take any certificate.
        super().__init__(host, port, ssl_context=ssl.create_default_context(), timeout=PATIENCE_S)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        plain = safe_http.connect(self.host, self.port, patience_s=timeout or PATIENCE_S)
        encrypted: ssl.SSLSocket = self.ssl_context.wrap_socket(plain, server_hostname=self.host)
        return encrypted


def _read(box: Any, now: int) -> int:
    """What is larger than any report stays where it is, and is not even fetched."""
    new = 0
    for uid in box.uids(AND(seen=False, size_lt=MOST_BYTES))[:_AT_ONCE]:
        report = _report(_raw(box, uid))
        if report is not None:
            new += take_in(report, now, "imap")
        box.flag(uid, MailMessageFlags.SEEN, True)
    return new


def _raw(box: Any, uid: str) -> bytes:
    """The mail as it is, byte for byte; looking at it does not mark it."""
    _status, found = box.client.uid("fetch", uid, "(BODY.PEEK[])")
    return next((bytes(part[1]) for part in found if isinstance(part, tuple)), b"")


def _report(raw: bytes) -> Report | None:
    """None for what can not be read too: one broken mail does not hold up those behind it."""
    try:
        return read_report(raw)
    except Exception as error:  # whatever strangers write, and email.parser says of it
        log.warning("a mail that came back can not be read: %s", type(error).__name__)
        return None
