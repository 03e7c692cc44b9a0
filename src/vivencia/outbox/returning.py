"""The mailbox bounces come back to, over IMAP. A mail is marked as seen once it is taken in."""

from __future__ import annotations

import logging
from typing import Any

from imap_tools import AND, MailBox, MailBoxUnencrypted, MailMessageFlags

from vivencia.lib.clock import now_ms
from vivencia.outbox import settings
from vivencia.outbox.bounces.actions import take_in
from vivencia.outbox.bounces.reports import read_report

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
    """Encrypted, but on this machine itself, where there is nothing to listen in on."""
    if host in ("localhost", "127.0.0.1", "::1"):
        return MailBoxUnencrypted(host, port, timeout=PATIENCE_S)
    return MailBox(host, port, timeout=PATIENCE_S)


def _read(box: Any, now: int) -> int:
    new = 0
    for mail in box.fetch(AND(seen=False), limit=_AT_ONCE, mark_seen=False, bulk=False):
        report = read_report(mail.obj.as_bytes())
        if report is not None:
            new += take_in(report, now or now_ms(), "imap")
        box.flag(mail.uid, MailMessageFlags.SEEN, True)
    return new
