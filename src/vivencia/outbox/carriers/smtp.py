"""E-mail by SMTP: one message at a time over one connection."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from typing import NamedTuple

from vivencia.lib import safe_http
from vivencia.outbox.carriers import Lost, Parcel, Refusal, Unreachable

PATIENCE_S = 60.0
_NO_SUCH_ADDRESS = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")


class Server(NamedTuple):
    host: str
    port: int
    security: str = "starttls"  # starttls | tls | none
    username: str = ""
    password: str = ""
    patience_s: float = PATIENCE_S


class _Checked(smtplib.SMTP):
    """Connects where lib/safe_http.py lets us."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return safe_http.connect(host, port, patience_s=timeout)


class _CheckedTls(smtplib.SMTP_SSL, _Checked):
    """The same; SMTP_SSL encrypts whatever the next class connects."""


class Smtp:
    """A connection that is opened when it is needed and dropped when anything goes wrong."""

    name = "smtp"

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection: smtplib.SMTP | None = None

    def offer(self, parcel: Parcel) -> None:
        try:
            connection = self._open()
            options = self._options(connection, parcel)
            self._say(connection.mail(parcel.return_path, options), ours=True)
            self._say(connection.rcpt(parcel.to))
        except Refusal:
            self._begin_again()
            raise
        except (safe_http.NotReached, smtplib.SMTPException, OSError, UnicodeError) as error:
            self.close()
            raise Unreachable(_said(error)) from error

    def hand_over(self, parcel: Parcel) -> str:
        assert self._connection is not None, "offer comes first"
        try:
            code, said = self._connection.data(parcel.body)
        except smtplib.SMTPDataError as error:  # it would not even hear the message
            code, said = error.smtp_code, _bytes(error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Lost(_said(error)) from error
        try:
            self._say((code, said))
        except Refusal:
            self._begin_again()
            raise
        return f"{code} {said.decode(errors='replace')}"[:200]

    def close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._connection.close()
            self._connection = None

    def _open(self) -> smtplib.SMTP:
        if self._connection is not None:
            return self._connection
        at = self._server
        # Without a context of ours, smtplib would take any certificate.
        trusted = ssl.create_default_context()
        if at.security == "tls":
            connection: smtplib.SMTP = _CheckedTls(
                at.host, at.port, timeout=at.patience_s, context=trusted
            )
        else:
            connection = _Checked(at.host, at.port, timeout=at.patience_s)
        self._connection = connection
        if at.security == "starttls":
            connection.starttls(context=trusted)
        connection.ehlo_or_helo_if_needed()
        if at.username:
            connection.login(at.username, at.password)
        return connection

    def _options(self, connection: smtplib.SMTP, parcel: Parcel) -> list[str]:
        if parcel.to.isascii() and parcel.return_path.isascii():
            return []
        if not connection.has_extn("smtputf8"):
            raise Refusal("553 5.6.7 no SMTPUTF8", lasting=True)
        connection.command_encoding = "utf-8"
        return ["SMTPUTF8", "BODY=8BITMIME"]

    def _say(self, reply: tuple[int, bytes], *, ours: bool = False) -> None:
        """Refusal unless the server agreed. What is `ours` (the sender) blames no message."""
        code, words = reply
        if 200 <= code < 300:
            return
        said = words.decode(errors="replace")
        if code == 421 or ours:  # it closes the connection, or will take nothing of ours
            self.close()
            raise Unreachable(f"{code} {said}")
        lasting = 500 <= code < 600
        hard = lasting and said.startswith(_NO_SUCH_ADDRESS)
        raise Refusal(f"{code} {said}", lasting=lasting, hard=hard)

    def _begin_again(self) -> None:
        if self._connection is None:
            return
        try:
            self._connection.rset()
        except (smtplib.SMTPException, OSError):
            self.close()


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_bytes(error.smtp_error).decode(errors='replace')}"
    return f"{type(error).__name__} {error}"


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
