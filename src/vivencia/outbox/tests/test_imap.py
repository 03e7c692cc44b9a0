"""What comes back is fetched from a real mailbox, believed by its signed address alone, at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vivencia.customers.contact.models import Consent, StoppedAddress
from vivencia.lib.clock import now_ms
from vivencia.lib.sealed import seal
from vivencia.lib.tests.certificates import self_signed
from vivencia.outbox import returning
from vivencia.outbox.bounces import reports
from vivencia.outbox.models import Message, OutboxSettings
from vivencia.outbox.tests import mailbox
from vivencia.outbox.tests.kit import (
    always_open,
    bounce,
    complaint,
    queued,
    send_all,
    somebody,
    state,
)
from vivencia.outbox.tokens import return_path

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ENCRYPTED_HOST = "127.0.0.2"  # this machine too, but not one of the names that may be in clear


class Post:
    """The mailbox of the tests, and the certificate its server shows."""

    def __init__(self, box: mailbox.Box, certificate: Path) -> None:
        self.box = box
        self.certificate = certificate


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    if mailbox.DOVECOT is None:
        pytest.skip("NOT RUN: Dovecot is not installed (apt install dovecot-imapd)")
    certificate, key = self_signed(tmp_path_factory.mktemp("tls"), ENCRYPTED_HOST)
    with mailbox.dovecot(certificate, key) as box:
        yield Post(box, certificate)


@pytest.fixture
def post(server: Post, db: None) -> Post:
    always_open()
    read_by("127.0.0.1", server.box.plain)
    server.box.empty()
    return server


def read_by(host: str, port: int, password: str = mailbox.PASSWORD) -> None:
    OutboxSettings.objects.update_or_create(pk=1, defaults={
        "imap_host": host, "imap_port": port, "imap_username": mailbox.USER,
        "imap_password": seal(password.encode(), "imap_password"), "imap_folder": "INBOX",
    })  # fmt: skip


def to_four() -> dict[str, Message]:
    """A message that waits for each of four people."""
    found = {name: queued(somebody(name)) for name in ("ana", "bea", "carla", "dora")}
    return {name: message for name, message in found.items() if message is not None}


def stopped() -> set[int]:
    return set(StoppedAddress.objects.values_list("identity", flat=True))


def test_bounces_and_complaints_that_came_by_mail_stop_what_waits_at_once(post: Post):
    sent = to_four()
    post.box.put(
        bounce(bytes(sent["ana"].uid)),
        complaint(bytes(sent["bea"].uid)),
        bounce(bytes(sent["carla"].uid), "4.2.0", "delayed"),
    )
    assert returning.collect(now_ms()) == 3
    assert post.box.unseen() == 0
    assert returning.collect(now_ms()) == 0
    send_all()
    became = {name: state(message) for name, message in sent.items()}
    assert became["ana"] == ("cancelled", "stopped")
    assert became["bea"][0] == "cancelled"
    assert became["carla"][0] == became["dora"][0] == "kept"
    assert stopped() == {sent["ana"].identity, sent["bea"].identity}
    word = Consent.objects.get()
    assert (word.identity, word.state, word.source) == (
        sent["bea"].identity, "withdrawn", "complaint imap",
    )  # fmt: skip


def lies(uid: bytes) -> list[bytes]:
    """Mails that say a message bounced, without its signed return address or its structure."""
    good = return_path(uid, "bounces@example.org")
    forged = good[:12] + ("a" if good[12] != "a" else "b") + good[13:]
    text = "Final-Recipient: rfc822; ana@example.org\nAction: failed\nStatus: 5.1.1\n"
    return [
        bounce(uid, to="bounces@example.org"),
        bounce(uid, to=forged),
        bounce(uid, to=f"bounces+{uid.hex()}@example.org"),
        bounce(uuid.uuid4().bytes),  # signed, of a message that is none of ours
        f"To: {good}\nSubject: Undelivered: 550 5.1.1\n\n{text}".encode(),
        f"To: {good}\nContent-Type: multipart/report; report-type=delivery-status;"
        f' boundary="b"\n\n--b\nContent-Type: text/plain\n\n{text}\n--b--\n'.encode(),
    ]


def test_what_only_says_so_in_its_text_stops_nobody(post: Post):
    sent = to_four()
    post.box.put(*lies(bytes(sent["ana"].uid)))
    assert returning.collect(now_ms()) == 0
    assert post.box.unseen() == 0
    assert not stopped()
    assert not Consent.objects.exists()


def test_control_a_reader_of_texts_would_believe_them(post: Post, monkeypatch: Any):
    sent = to_four()
    uid = bytes(sent["ana"].uid)
    monkeypatch.setattr(
        returning, "read_report",
        lambda raw: reports.Report(uid, reports.HARD) if b"5.1.1" in raw else None,
    )  # fmt: skip
    post.box.put(*lies(uid))
    assert returning.collect(now_ms()) == 1
    assert stopped() == {sent["ana"].identity}


def test_a_mail_nobody_can_read_or_too_large_does_not_hold_up_those_behind_it(post: Post):
    sent = to_four()
    broken = (
        b"To: \xff\xfe <\xf0>\nSubject: =?x?q?=?=\nContent-Type: multipart/report; boundary=\n"
        b" =?utf-8?b?////?=; report-type*=x''%ff\n\n\x00\xff"
    )
    large = b"To: x@example.org\n\n" + b"x" * 76 * 1024 + b"\n"
    post.box.put(broken, large * 40, bounce(bytes(sent["ana"].uid)))
    assert returning.collect(now_ms()) == 1
    assert stopped() == {sent["ana"].identity}
    assert post.box.unseen() == 1, "the large one was not even fetched"


def test_a_reader_that_breaks_over_one_mail_reads_the_next(post: Post, monkeypatch: Any):
    sent = to_four()

    def read(raw: bytes) -> reports.Report | None:
        if b"Undelivered" not in raw:
            raise ValueError("as the standard library does now and then")
        return reports.read_report(raw)

    monkeypatch.setattr(returning, "read_report", read)
    post.box.put(b"Subject: strange\n\nx\n", bounce(bytes(sent["ana"].uid)))
    assert returning.collect(now_ms()) == 1
    assert post.box.unseen() == 0


def test_a_wrong_password_or_nobody_there_is_logged_and_tried_again(post: Post, caplog: Any):
    sent = to_four()
    post.box.put(bounce(bytes(sent["ana"].uid)))
    read_by("127.0.0.1", post.box.plain, "wrong")
    assert returning.collect(now_ms()) == 0
    read_by("127.0.0.1", 1)
    assert returning.collect(now_ms()) == 0
    assert caplog.text.count("can not be read") == 2
    assert mailbox.PASSWORD not in caplog.text
    read_by("127.0.0.1", post.box.plain)
    assert returning.collect(now_ms()) == 1


def test_a_server_elsewhere_must_show_a_certificate_that_is_trusted(post: Post, monkeypatch: Any):
    sent = to_four()
    post.box.put(bounce(bytes(sent["ana"].uid)))
    read_by(ENCRYPTED_HOST, post.box.encrypted)
    monkeypatch.setenv("VIVENCIA_PRIVATE_HOSTS", ENCRYPTED_HOST)
    assert returning.collect(now_ms()) == 0
    assert post.box.unseen() == 1
    monkeypatch.setenv("SSL_CERT_FILE", str(post.certificate))
    assert returning.collect(now_ms()) == 1
