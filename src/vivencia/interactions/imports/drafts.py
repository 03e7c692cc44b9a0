"""Files on their way in: uploaded, looked at, described, not imported yet. No Django.

    uploads/TOKEN.csv         the file as it came, under a random name
    uploads/TOKEN.json        the draft: its own name, whose it is, its mapping so far
    uploads/TOKEN.look.json   what a first look at it told
    uploads/TOKEN.work.json   what is being done with it, and how far that is

All four are personal data: readable by their owner alone, gone with the draft, and after ninety
days (interactions/sweep.py). The page writes the draft, the process at work the other two.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from vivencia.interactions.formats import Note, ending_of
from vivencia.interactions.mapping import Guess
from vivencia.interactions.record import Interaction
from vivencia.lib.clock import now_ms
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadFile, NotFound

Task = Literal["look", "check", "import"]
Sort = TypeVar("Sort", bound=msgspec.Struct)
LONGEST_NAME = 200
_TOKEN = re.compile(r"[A-Za-z0-9_-]{24}")


class Draft(msgspec.Struct):
    """One upload. `mapping` is the shape of a mapping file, None before anybody gave one."""

    token: str
    name: str  # as its owner calls it: text for people, never a path
    ending: str
    size: int
    by_user: int
    at: int  # UTC ms
    mapping: dict[str, Any] | None = None
    like: str = ""  # the file or saved mapping its columns were taken from
    reading: dict[str, Any] = {}  # what a person said of delimiter, encoding and header


class Look(msgspec.Struct):
    """What the first rows tell. `examples` has up to three different cells of each column."""

    columns: list[str]
    examples: list[list[str]]
    distinct: list[int]
    guesses: list[Guess]
    notes: list[Note]


class BadCell(msgspec.Struct):
    """A row a trial would set aside, and the cell that is to blame."""

    number: int
    reason: str
    column: str
    value: str


class Trial(msgspec.Struct):
    """What would become of the file; counts as in ImportResult."""

    rows: int
    interactions: int
    stored: int
    duplicate: int
    quarantined: dict[str, int]
    without_value: int
    overlap: int
    notes: list[Note]
    bad: list[BadCell]
    preview: list[Interaction]
    same: int | None
    grows: bool


class Trouble(msgspec.Struct):
    """Why it ended: an error's sentence, its reason, and the import it names, if any."""

    es: str
    en: str
    reason: str
    about: str = ""

    def said(self, language: str) -> str:
        return self.es if language.startswith("es") else self.en


class Work(msgspec.Struct):
    """How far a task is; `key` is the import's, once there is one."""

    task: Task
    since: int
    state: Literal["working", "done", "failed", "stopped"] = "working"
    rows: int = 0
    total: int | None = None
    share: float | None = None
    trial: Trial | None = None
    trouble: Trouble | None = None
    key: int | None = None


def take(
    data: DataDir, name: str, by_user: int, chunks: Iterable[bytes], spooled: str | None = None
) -> Draft:
    """A new draft of the file that `chunks` give, or that lies `spooled` in uploads already."""
    token = secrets.token_urlsafe(18)
    name = "".join(letter for letter in name if letter.isprintable())[:LONGEST_NAME]
    draft = Draft(token, name, ending_of(name), 0, by_user, now_ms())
    path = path_of(data, draft)
    try:
        if spooled is not None:
            Path(spooled).replace(path)
        else:
            path.touch(mode=0o600)
            with path.open("wb") as file:
                file.writelines(chunks)
        path.chmod(0o600)
        draft.size = path.stat().st_size
        save(data, draft)
    except OSError as error:
        discard(data, draft)
        raise BadFile(
            es=f"No se pudo guardar {name} ({error.strerror}). No se ha conservado nada.",
            en=f"{name} could not be saved ({error.strerror}). Nothing of it was kept.",
        ) from None
    return draft


def path_of(data: DataDir, draft: Draft) -> Path:
    """Where the file is. Its ending tells the format, as on the command line."""
    return data.uploads / f"{draft.token}{draft.ending}"


def save(data: DataDir, draft: Draft) -> None:
    _write(data, draft.token, "json", draft)


def save_look(data: DataDir, token: str, look: Look) -> None:
    _write(data, token, "look.json", look)


def save_work(data: DataDir, token: str, work: Work) -> None:
    _write(data, token, "work.json", work)


def find(data: DataDir, token: str, by_user: int | None = None) -> Draft:
    """The draft, if it is that user's (None: whoever's) and its file is still there.

    Raises NotFound, alike for what never was and for what is another's.
    """
    draft = _read(data, token, "json", Draft)
    mine = draft is not None and by_user in (None, draft.by_user)
    if draft is None or not mine or not path_of(data, draft).exists():
        raise NotFound(
            es="Ese archivo ya no está a medias. Si lo importaste, está en «Importar», con lo que "
            "entró; si lo descartaste, puedes volver a subirlo.",
            en="That file is no longer on its way in. If you imported it, it is under “Import”, "
            "with what came in; if you discarded it, you can upload it again.",
        )
    return draft


def look_of(data: DataDir, token: str) -> Look | None:
    return _read(data, token, "look.json", Look)


def work_of(data: DataDir, token: str) -> Work | None:
    return _read(data, token, "work.json", Work)


def listed(data: DataDir, by_user: int) -> list[Draft]:
    """The user's drafts whose file is still there, the latest first."""
    found = []
    for path in data.uploads.glob("*.json"):
        draft = _read(data, path.stem, "json", Draft)
        if draft and draft.by_user == by_user and path_of(data, draft).exists():
            found.append(draft)
    return sorted(found, key=lambda draft: -draft.at)


def discard(data: DataDir, draft: Draft, *, keep_work: bool = False) -> None:
    """Take the file and everything about it away; `keep_work`: but for what became of it."""
    path_of(data, draft).unlink(missing_ok=True)
    endings = ["look.json"] if keep_work else ["look.json", "work.json", "json"]
    for ending in endings:
        (data.uploads / f"{draft.token}.{ending}").unlink(missing_ok=True)


def _write(data: DataDir, token: str, ending: str, what: msgspec.Struct) -> None:
    """Whole or not at all: a page may read it meanwhile."""
    path = data.uploads / f"{token}.{ending}"
    new = path.with_suffix(f".{secrets.token_hex(4)}.new")
    new.touch(mode=0o600)
    new.write_bytes(msgspec.json.encode(what))
    new.replace(path)


def _read(data: DataDir, token: str, ending: str, sort: type[Sort]) -> Sort | None:
    if not _TOKEN.fullmatch(token):
        return None
    try:
        return msgspec.json.decode((data.uploads / f"{token}.{ending}").read_bytes(), type=sort)
    except (OSError, msgspec.DecodeError):
        return None
