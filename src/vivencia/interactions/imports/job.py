"""What the server starts beside itself: `python -m …imports.job DATA TOKEN look|check|import`.

Looks at an uploaded file, tries it or brings it in, and writes down how far it is
(drafts.Work). It outlives the page that asked, and ends with the server: its standard input is a
pipe the server holds open. Cut short, an import is marked interrupted and can be run again.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from itertools import islice
from types import FrameType

from vivencia.interactions.formats import Options, no_rows, open_rows
from vivencia.interactions.imports import drafts
from vivencia.interactions.imports.actions import (
    ImportResult,
    OtherMapping,
    Progress,
    run_import,
)
from vivencia.interactions.imports.drafts import BadCell, Draft, Look, Trial, Trouble, Work
from vivencia.interactions.imports.facts import declare
from vivencia.interactions.mapping import Mapping, guess_columns
from vivencia.interactions.mapping.mapped import Refusal
from vivencia.lib.clock import now_ms
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import VivenciaError

BETWEEN_WORDS_S = 0.4
LONGEST_SHOWN = 120  # characters of a cell on a page
_EXAMPLES = 3
_BAD_SHOWN = 60


class Stopped(KeyboardInterrupt):
    """Somebody stopped it, or the server ended. Of this sort alone psycopg ends the statement it is
    in the middle of; after any other the connection can say no more, that it stopped either."""


def main(words: list[str]) -> int:
    """Do one task; what became of it is in the draft's Work."""
    os.umask(0o077)
    data, token, task = DataDir(words[0]), words[1], words[2]
    signal.signal(signal.SIGTERM, _stop)
    threading.Thread(target=_end_with_whoever_started_us, daemon=True).start()
    job = _Job(data, drafts.find(data, token), Work(task, now_ms()))  # type: ignore[arg-type]
    job.run()
    return 0


class _Job:
    def __init__(self, data: DataDir, draft: Draft, work: Work) -> None:
        self._data = data
        self._draft = draft
        self._work = work
        self._path = drafts.path_of(data, draft)
        self._said = 0.0

    def run(self) -> None:
        work = self._work
        try:
            {"look": self._look, "check": self._check, "import": self._import}[work.task]()
            work.state = "done"
        except VivenciaError as error:
            work.state, work.trouble = "failed", self._trouble(error)
        except KeyboardInterrupt:  # Stopped is one
            work.state = "stopped"
        except BaseException:
            work.state, work.trouble = "failed", _ours()
            raise
        finally:
            self._save()
        if work.state == "done" and work.task == "import":
            drafts.discard(self._data, self._draft, keep_work=True)

    def _look(self) -> None:
        reader = open_rows(self._path, options=Options(**self._draft.reading))
        batch = next((one for one in reader if one.rows or one.bad), None)
        if batch is None:
            raise no_rows(self._path.name)
        rows = batch.rows
        columns = list(reader.columns)
        cells = [
            [str(row[place]) for row in rows if place < len(row) and row[place] not in (None, "")]
            for place in range(len(columns))
        ]
        drafts.save_look(
            self._data,
            self._draft.token,
            Look(
                columns,
                [[one[:LONGEST_SHOWN] for one in _examples(some)] for some in cells],
                [len(set(some)) for some in cells],
                guess_columns(columns, rows),
                reader.notes,
            ),
        )

    def _check(self) -> None:
        self._work.trial = _trial(self._run(dry_run=True))

    def _import(self) -> None:
        self._work.key = self._run(dry_run=False).key
        declare(self._data, Mapping.from_dict(self._draft.mapping or {}))

    def _run(self, *, dry_run: bool) -> ImportResult:
        draft = self._draft
        return run_import(
            self._data, self._path, Mapping.from_dict(draft.mapping or {}), name=draft.name,
            by_user=draft.by_user, dry_run=dry_run, report=self._report,
        )  # fmt: skip

    def _report(self, at: Progress) -> None:
        work = self._work
        work.rows, work.total, work.share = at.rows, at.total, at.share
        first_seen = at.key is not None and work.key is None
        work.key = at.key
        if first_seen or time.monotonic() - self._said > BETWEEN_WORDS_S:
            self._save()

    def _save(self) -> None:
        self._said = time.monotonic()
        drafts.save_work(self._data, self._draft.token, self._work)

    def _trouble(self, error: VivenciaError) -> Trouble:
        """Its sentence, which speaks of the file by the name its owner knows."""
        es, en = (said.replace(self._path.name, self._draft.name) for said in (error.es, error.en))
        about = error.name if isinstance(error, OtherMapping) else ""
        return Trouble(es, en, error.reason, about)


def _examples(cells: list[str]) -> list[str]:
    return list(islice(dict.fromkeys(cells), _EXAMPLES))


def _trial(result: ImportResult) -> Trial:
    return Trial(
        result.rows, result.interactions, result.stored, result.duplicate, result.quarantined,
        result.without_value, result.overlap, result.notes, _few_of_each(result.examples),
        result.preview, result.same, result.grows,
    )  # fmt: skip


def _few_of_each(refused: list[Refusal]) -> list[BadCell]:
    """Examples of every reason, the first ones of the file."""
    taken: Counter[str] = Counter()
    few: list[BadCell] = []
    for one in refused:
        taken[one.reason] += 1
        if taken[one.reason] <= _EXAMPLES and len(few) < _BAD_SHOWN:
            few.append(BadCell(one.number, one.reason, one.column, _cell(one)))
    return few


def _cell(one: Refusal) -> str:
    """The cell to blame; the whole row where it could not be taken apart."""
    if not one.column:
        return one.raw[:LONGEST_SHOWN]
    value = json.loads(one.raw).get(one.column)
    return "" if value is None else str(value)[:LONGEST_SHOWN]


def _ours() -> Trouble:
    return Trouble(
        "La importación se detuvo por un fallo del programa. Lo que entró sigue dentro; puedes "
        "volver a intentarlo.",
        "The import stopped through a fault of the program. What came in stays; you can try again.",
        "unstorable",
    )


def _stop(_signal: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough
    raise Stopped


def _end_with_whoever_started_us() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
