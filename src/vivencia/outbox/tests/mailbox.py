"""A real IMAP server with one mailbox: Dovecot, as a process of its own in a temporary folder.

Nothing of the system's Dovecot is read or changed. It runs as the very user who runs the tests;
as root, the users its package made take over, since Dovecot opens no mailbox as root.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from imap_tools import MailBoxUnencrypted

USER, PASSWORD = "bounces@example.org", "one-that-nobody-else-knows"
DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
STARTS_WITHIN_S = 300  # only a hang takes as long

CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1, 127.0.0.2
{users}
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:~/mail
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {encrypted}
  }}
}}
service anvil {{
  chroot =
}}
"""


class Box(NamedTuple):
    """Where it listens: on 127.0.0.1 in clear, on 127.0.0.2 encrypted as well."""

    plain: int
    encrypted: int

    def put(self, *mails: bytes) -> None:
        with self._open() as box:
            for mail in mails:
                box.append(mail.replace(b"\n", b"\r\n"), "INBOX")

    def unseen(self) -> int:
        with self._open() as box:
            return len(box.uids("UNSEEN"))

    def empty(self) -> None:
        with self._open() as box:
            box.delete(box.uids())

    def _open(self) -> Any:
        return MailBoxUnencrypted("127.0.0.1", self.plain).login(USER, PASSWORD)


@contextmanager
def dovecot(certificate: Path, key: Path) -> Iterator[Box]:
    """A server that takes USER with PASSWORD, ended with its processes when the block ends."""
    assert DOVECOT, "ask first whether it is installed"
    # Not in pytest's folder: its path is too long for a socket, and closed to other users.
    with tempfile.TemporaryDirectory(prefix="dovecot-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        with _served(Path(folder), certificate, key) as box:
            yield box


@contextmanager
def _served(folder: Path, certificate: Path, key: Path) -> Iterator[Box]:
    box = Box(*_free_ports(2))
    owner, group, users = _owners()
    (folder / "home").mkdir()
    shutil.chown(folder / "home", owner, group)
    configuration = folder / "dovecot.conf"
    configuration.write_text(CONFIGURATION.format(
        folder=folder, users=users, certificate=certificate, key=key,
        password=PASSWORD, owner=owner, group=group, plain=box.plain, encrypted=box.encrypted,
    ))  # fmt: skip
    process = subprocess.Popen([DOVECOT, "-F", "-c", configuration])
    try:
        _wait_for(box.plain, process, folder / "log")
        yield box
    finally:
        process.terminate()
        process.wait(STARTS_WITHIN_S)


def _owners() -> tuple[str, str, str]:
    """(user and group of the mailbox, what the configuration says of users)."""
    if os.geteuid() == 0:
        return "nobody", "nogroup", "first_valid_uid = 1"
    import grp

    user, group = getpass.getuser(), grp.getgrgid(os.getegid()).gr_name
    return user, group, (
        f"default_internal_user = {user}\ndefault_internal_group = {group}\n"
        f"default_login_user = {user}"
    )  # fmt: skip


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(log.read_text()[-2000:] if log.exists() else "Dovecot did not start")
