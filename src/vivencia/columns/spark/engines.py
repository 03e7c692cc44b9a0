"""Questions put to a cluster by way of the owner of the columns: worked out once, and kept.

The owner is one process, so a cluster has one application of ours, however many ask.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from vivencia.columns import analyses
from vivencia.columns.analyses import Tables
from vivencia.columns.engines import Engine
from vivencia.columns.filters import Filters
from vivencia.columns.lake import manifest
from vivencia.columns.lake.manifest import Manifest
from vivencia.columns.lake.place import Place
from vivencia.columns.working import Working, underway
from vivencia.lib.errors import Busy, VivenciaError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from vivencia.columns.spark.lakes import Lake

logger = logging.getLogger(__name__)

STATES = 2  # of a lake: the newest, and the one that pages begun before still ask about
AT_ONCE = 2  # questions worked out side by side


class Engines:
    """The cluster that was asked last, and the lake it reads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answering: Answering | None = None

    def put(self, question: dict[str, Any]) -> Tables:
        """The answer to a question that came for an engine ("stands", or "ask")."""
        answering = self._of(Engine(*question["engine"]))
        if question["what"] == "stands":
            found = answering.stands()
            return {"stands": pa.table({"written_at": [found.written_at], "seq": [found.seq]})}
        asked = Asked(
            question["written_at"], question["name"], question["filters"], question["parameters"]
        )
        return answering.answer(asked, question["patience_s"])

    def close(self) -> None:
        with self._lock:
            if self._answering is not None:
                self._answering.close()
            self._answering = None

    def _of(self, engine: Engine) -> Answering:
        with self._lock:
            if self._answering is None or self._answering.engine != engine:
                if self._answering is not None:
                    self._answering.close()
                self._answering = Answering(engine)
            return self._answering


class Asked(NamedTuple):
    """One question about the state of the lake that was written at a moment (UTC ms)."""

    written_at: int
    name: str
    filters: dict[str, Any]
    parameters: dict[str, Any]

    @property
    def key(self) -> str:
        """A text that is equal for equal questions."""
        return f"{self.written_at} {analyses.cache_key(*self[1:])}"


class Answering:
    """One cluster over one lake."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._place = Place(engine.lake)
        self._lock = threading.Lock()
        self._states: OrderedDict[int, Manifest] = OrderedDict()
        self._working = Working(AT_ONCE)
        self._session: SparkSession | None = None
        self._lakes: dict[int, Lake] = {}
        self._opening = threading.Lock()

    def stands(self) -> Manifest:
        """The lake as it is now, which can be asked about from here on."""
        found = manifest.there(self._place)
        with self._lock:
            self._states[found.written_at] = found
            self._states.move_to_end(found.written_at)
            while len(self._states) > STATES:
                self._lakes.pop(self._states.popitem(last=False)[0], None)
        return found

    def answer(self, asked: Asked, patience_s: float | None) -> Tables:
        """The tables of the analysis; after `patience_s` (None: never) how far they are."""
        try:
            return self._working.answer(asked.key, lambda: self._worked_out(asked), patience_s)
        except TimeoutError:
            return underway(*self.progress(asked))

    def progress(self, asked: Asked) -> tuple[int, int]:
        """How many parts of the question are done, of how many that are known; 0 of 0 while its
        turn, or the session, has not come."""
        from vivencia.columns.spark import session  # noqa: PLC0415 (needs what few have)

        return (0, 0) if self._session is None else session.progress(self._session, asked.key)

    def close(self) -> None:
        """End the session, and with it whatever it works out."""
        with self._opening:
            if self._session is not None:
                self._session.stop()
            self._session = None

    def _worked_out(self, asked: Asked) -> Tables:
        try:
            session, lake = self._opened(asked.written_at)
            session.sparkContext.setJobGroup(asked.key, asked.name)
            scope = lake.scope(Filters.from_dict(asked.filters))
            return analyses.find(asked.name)(scope, **asked.parameters)
        except Exception as error:
            raise self._said(error) from error

    def _opened(self, written_at: int) -> tuple[SparkSession, Lake]:
        """The session, opened by the first who asks or after it ended, and the lake on it."""
        from vivencia.columns.spark import session  # noqa: PLC0415 (both need what few have)
        from vivencia.columns.spark.lakes import Lake  # noqa: PLC0415

        with self._opening:
            if self._session is None or self._session.sparkContext._jsc.sc().isStopped():
                self._lakes.clear()
                self._session = session.opened(self.engine.address)
            lake = self._lakes.get(written_at)
            if lake is None:
                lake = Lake(self._session, self._place, self._at(written_at))
                self._lakes[written_at] = lake
            return self._session, lake

    def _at(self, written_at: int) -> Manifest:
        with self._lock:
            found = self._states.get(written_at)
        if found is None:
            raise Busy(
                es="Mientras tanto se ha escrito otra copia. Vuelve a pedirlo.",
                en="Another copy was written meanwhile. Ask for it again.",
                reason="copy_exchanged",
            )
        return found

    def _said(self, error: Exception) -> VivenciaError:
        """The error in a sentence; what Spark says goes to the log."""
        if isinstance(error, VivenciaError):
            return error
        logger.error("Spark could not answer", exc_info=error)
        return Busy(
            es="Spark no ha podido responder; el motivo está en el registro del servidor. No se "
            "ha perdido nada: vuelve a intentarlo.",
            en="Spark could not answer; why is in the log of the server. Nothing was lost: try "
            "again.",
            reason="engine_failed",
        )
