"""Forty words that are nowhere else, one in each place where a person can leave a trace; and the
search for them in every file of an installation, by its bytes and as its own reader tells it.

`WHO` can be told from their twin by nothing but their canaries: each test plants both.
"""

from __future__ import annotations

import gzip
import io
import json
import shutil
import sqlite3
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from vivencia.shell.tests.serving import COMMAND, PATIENCE_S, environ

N = 40
ACCOUNT, EMAIL, PHONE, DEVICE = 0, 1, 2, 3


class Who:
    """One person: their canaries, and how they are known."""

    def __init__(self, mark: str, digits: str) -> None:
        self.words = [f"{mark}{n:02d}canario" for n in range(N)]
        self.words[PHONE] = digits
        self.mark = mark
        self.account, self.device = self.words[ACCOUNT], self.words[DEVICE]
        self.email, self.phone = f"{self.words[EMAIL]}@example.org", f"+34{digits}"


# ------------------------------------------------------------------ planting
def plant(data: Path, port: int, key: str, who: Who) -> None:
    """A trace in every place: over the doors, from files, and what rooms write by themselves."""
    assert send(port, key, items(who)) == ["stored"] * 3 + ["quarantined"]
    import_file(data, who)
    subprocess.run(
        [sys.executable, "-c", _IN_ROOMS, who.mark, who.words[PHONE]],
        env=environ(VIVENCIA_DATA=str(data), DJANGO_SETTINGS_MODULE="vivencia.shell.settings"),
        check=True, stderr=subprocess.PIPE,
    )  # fmt: skip


def items(who: Who) -> list[dict[str, object]]:
    """What an ordinary sender sends of them; the last can not be stored."""
    c = who.words
    account, email = {"account": who.account}, {"email": who.email}
    whole = {**account, **email, "phone": who.phone, "device": who.device}
    return [
        {"id": c[6], "happened_at": "2026-05-01T10:00:00Z", "kind": "visit", "identity": whole,
         "journey": c[7], "text": c[4], "properties": {"note": c[5]}},
        {"id": f"{who.mark}-b", "happened_at": "2026-05-02T10:00:00Z",
         "kind": "customer.identified", "identity": account,
         "properties": {"name": c[8], "street": c[9]}},
        {"id": f"{who.mark}-c", "happened_at": "2026-05-03T10:00:00Z", "kind": "call",
         "identity": account, "outcome": "success"},
        {"id": f"{who.mark}-d", "happened_at": "2026-05-04T10:00:00Z", "kind": "survey.answered",
         "scale": "nps", "score": 11, "identity": email, "text": c[10]},
    ]  # fmt: skip


def send(port: int, key: str, sent: list[dict[str, object]]) -> list[str]:
    """What became of each item."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/interactions", json.dumps({"batch": sent}).encode(),
        {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        return [one["status"] for one in json.load(answer)["results"]]


def import_file(data: Path, who: Who) -> str:
    """A file whose name, good row and bad row are about them; what the command said."""
    c = who.words
    folder = data.parent / f"files-{who.mark}"
    folder.mkdir(exist_ok=True)
    file = folder / f"{who.email} {c[13]}.csv"
    file.write_text(
        "id,email,when,kind,comment,remark,score\n"
        f"{c[38]},{who.email},2026-05-05T10:00:00Z,survey.answered,{c[36]},{c[37]},9\n"
        f"{who.mark}-bad,{who.email},2026-05-06T10:00:00Z,survey.answered,{c[12]},x,99\n"
    )
    (folder / "map.toml").write_text(
        'format = "csv"\n[columns]\nid = "id"\nhappened_at = "when"\nkind = "kind"\n'
        'text = "comment"\nemail = "email"\n'
        '[[scores]]\ncolumn = "score"\nscale = "nps"\n'
    )
    done = subprocess.run(
        [*COMMAND, "--data", str(data), "import", str(file), "--map", str(folder / "map.toml")],
        env=environ(), capture_output=True, text=True,
    )  # fmt: skip
    shutil.rmtree(folder)  # it is the sender's, not ours
    return done.stdout + done.stderr


# Run in a process of its own, beside the server, as its jobs and pages would.
_IN_ROOMS = r"""
import gzip, io, os, sys
import django
import openpyxl
django.setup()
from django.conf import settings
import pyarrow as pa, pyarrow.parquet as pq
from vivencia.connectors.delighted import actions as delighted, autopilot
from vivencia.customers.contact.actions import say
from vivencia.customers.models import Decision
from vivencia.interactions.imports import drafts
from vivencia.interactions.imports.drafts import Look, Trouble, Work
from vivencia.interactions.models import Identity
from vivencia.lib.clock import now_ms
from vivencia.outbox import actions as outbox
from vivencia.outbox.compose import Content
from vivencia.outbox.models import Message
from vivencia.people.actions import audit
from vivencia.people.keys import KeyInfo
from vivencia.shell.tests.canaries import Who
from vivencia.surveys.answering import links
from vivencia.surveys.answering.files import shelf
from vivencia.surveys.answering.tests.kit import published
from vivencia.surveys.models import Attachment, Conversation, Draft, Invitation, Link, Survey

who = Who(*sys.argv[1:])
c, now, data = who.words, now_ms(), settings.DATA
email = Identity.objects.get(sort=2, value=who.email)
account = Identity.objects.get(sort=1, value=who.account)

def upload(name, body, mark):
    draft = drafts.take(data, name, 1, [body])
    drafts.save_look(data, draft.token, Look(["a"], [[mark]], [1], [], []))
    return draft

row = f"email,remark\n{who.email},".encode()
first = upload(c[15] + ".csv", row + " ".join(c[14:18]).encode(), c[16])
drafts.save_work(data, first.token, Work("look", now, trouble=Trouble(c[17], "", "x")))
packed, book = io.BytesIO(), openpyxl.Workbook()
for cells in (("email", "remark"), (who.email, c[18])):
    book.active.append(cells)
book.save(packed)
upload("a.xlsx", packed.getvalue(), "-")
upload("a.csv.gz", gzip.compress((row + c[19].encode()) * 9), "-")
table = io.BytesIO()
pq.write_table(pa.table({"email": [who.email] * 9, "remark": [c[20]] * 9}), table)
upload("a.parquet", table.getvalue(), "-")
(data.errors / f"{who.mark}.csv").write_text(f"row,email,remark\n3,{who.email},{c[21]}\n")

a, b = sorted((email.key, account.key))
Decision.objects.create(a=a, b=b, verdict="join", at=now, note=c[22])
message = outbox.queue(
    identity=email.key, channel="email", purpose="survey", language="es", cause="test",
    content=Content(c[23], c[24], f"<p>{c[25]}</p>"), due_at=now + 10**9,
)
Message.objects.filter(pk=message.pk).update(answer=f"250 {c[26]}")
survey = Survey.objects.filter(slug="cuenta").first() or published()
version = survey.versions.get() if hasattr(survey, "versions") else survey.version_set.get()

def link(identity):
    return Link.objects.create(digest=os.urandom(32), survey=survey, entry="invited",
        identity=identity, created_at=now, expires_at=now + 10**9)

def draft(link, mark, **more):
    return Draft.objects.create(uid=os.urandom(16), link=link, version=version,
        browser=os.urandom(32), entry="invited", channel="web", language="es",
        answers='{"why": "%s"}' % mark, begun_at=now, posted_at=now, **more)

mine = draft(link(email.key), c[27])
draft(link(0), c[28], person=who.account)
for mark in (c[29], c[30]):
    Attachment.objects.create(name=shelf.put(data, b"%PDF " + mark.encode()), draft=mine,
        element=mark[:-7], sort="pdf", size=20, at=now)
Conversation.objects.create(link=link(email.key), identity=email.key, browser=os.urandom(16),
    language="es", version=version.pk, step="p1", pending={"why": c[31]}, asked_at=now)
Invitation.objects.create(survey=survey, identity=email.key, channel="email", state="scheduled",
    due_at=now + 10**9, token=b"sealed")
key = KeyInfo(1, "crm", frozenset(), True)
person, _ = delighted.create_person(
    {"email": who.email, "send": False, "name": c[32], "properties": {"plan": c[33]}}, key)
delighted.create_answer({"person": str(email.key), "score": 9, "comment": c[34],
                         "tags": [c[35]], "person_properties": {"town": c[11]}})
autopilot.join(email.key, "email", now + 10**12)
say(email.key, "withdrawn", "news", "email", source="test")
audit(None, "mapping.saved", "mapping:x", detail=f"{who.email} {c[39]}")
"""


# ------------------------------------------------------------------ searching
def found(data: Path, wanted: list[str], scratch: Path) -> dict[str, list[str]]:
    """canary -> the places it is in, of those that are anywhere: the bytes of each file of the
    installation, and what its reader tells."""
    places: dict[str, list[str]] = {}
    needles = [(word, word.encode()) for word in wanted]
    for place, content in _contents(data, scratch):
        for word, needle in needles:
            if needle in content:
                places.setdefault(word, []).append(place)
    return places


def _contents(data: Path, scratch: Path) -> Iterator[tuple[str, bytes]]:
    copy = scratch / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(data, copy, ignore=shutil.ignore_patterns("*.sock", "*-shm"))
    files = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    for path, body in files.items():  # all read before a reader makes any of its own
        name = str(path.relative_to(copy))
        yield name, body
        yield name, name.encode()
        for told in _told_by_its_reader(path, body):
            yield f"{name}, decoded", told


def _told_by_its_reader(path: Path, body: bytes) -> Iterator[bytes]:
    if path.name.endswith(".sqlite3"):
        yield from _of_sqlite(path)
    elif path.name.endswith(".duckdb"):
        yield from _of_duckdb(path)
    elif body[:4] == b"PAR1":
        yield json.dumps(pq.read_table(path).to_pylist(), default=str).encode()
    elif body[:2] == b"\x1f\x8b":
        yield gzip.decompress(body)
    elif body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            for name in packed.namelist():
                yield packed.read(name)


def _of_sqlite(path: Path) -> Iterator[bytes]:
    """Every value of every table; what is sealed with this installation's secret, opened."""
    connection = sqlite3.connect(path)
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        for row in connection.execute(f'SELECT * FROM "{table}"'):
            yield "\x1f".join(value for value in row if isinstance(value, str)).encode()
            for value in row:
                if isinstance(value, bytes):
                    yield value
                    yield _opened(path.parent, value)
    connection.close()


def _opened(data: Path, value: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from vivencia.lib.datadir import DataDir

    try:
        return AESGCM(DataDir(data).derived("outbox")).decrypt(value[:12], value[12:], b"content")
    except (InvalidTag, ValueError):
        return b""


def _of_duckdb(path: Path) -> Iterator[bytes]:
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error:  # copied while its owner wrote; it is looked at again once that ended
        return
    for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
        for row in connection.execute(f'SELECT * FROM "{table}"').fetchall():
            yield "\x1f".join(map(str, row)).encode()
    connection.close()
