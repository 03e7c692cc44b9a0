"""A session on a cluster, or the sentence that says why there is none."""

from __future__ import annotations

import os
import shutil
import socket
import time
from typing import TYPE_CHECKING

from vivencia.lib.errors import Broken, Busy

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_REACHED_WITHIN_S = 5.0
_EXECUTORS_WITHIN_S = 60.0
# The page on which Spark shows what it is asked would stand open to whoever reaches this machine.
_SETTINGS = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}


def opened(address: str) -> SparkSession:
    """A session on the cluster at `address` (spark://host:port), with executors to work for it.

    What else Spark should know, memory and cores for one, it reads in its own configuration
    (SPARK_CONF_DIR). Raises Broken where PySpark or Java is missing, Busy where the cluster does
    not answer or has nobody free.
    """
    _require_java()
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 (only who chose Spark has it)
    except ImportError:
        raise Broken(
            es="Para preguntar a Spark instálalo: pip install 'vivencia[spark]'",
            en="To ask Spark, install it: pip install 'vivencia[spark]'",
        ) from None
    _require_answer(address)
    builder = SparkSession.builder.master(address).appName("Vivencia")
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        _require_executors(session, address)
    except Busy:
        session.stop()
        raise
    return session


def progress(session: SparkSession, group: str) -> tuple[int, int]:
    """How many parts of what goes by `group` (a job group's name) are done, of how many that are
    known."""
    tracker = session.sparkContext.statusTracker()
    jobs = [tracker.getJobInfo(job) for job in tracker.getJobIdsForGroup(group)]
    stages = [tracker.getStageInfo(stage) for job in jobs if job for stage in job.stageIds]
    known = [stage for stage in stages if stage]
    return sum(s.numCompletedTasks for s in known), sum(s.numTasks for s in known)


def _require_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if shutil.which(f"{home}/bin/java" if home else "java") is None:
        raise Broken(
            es="Spark necesita Java 17, y aquí no está: instálalo o di dónde está en JAVA_HOME.",
            en="Spark needs Java 17, which is not here: install it, or name its place in "
            "JAVA_HOME.",
        )


def _require_answer(address: str) -> None:
    """Whether anybody listens: left to itself, Spark tries for a minute and tells in Java."""
    host, _, port = address.removeprefix("spark://").partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=_REACHED_WITHIN_S).close()
    except (OSError, OverflowError):
        raise Busy(
            es=f"Spark no contesta en {address}. Comprueba que el clúster está en marcha; no se "
            "ha perdido nada.",
            en=f"Spark does not answer on {address}. See that the cluster runs; nothing was lost.",
            reason="engine_silent",
        ) from None


def _require_executors(session: SparkSession, address: str) -> None:
    """Wait for somebody to do the work: without, a question would wait for ever."""
    give_up = time.monotonic() + _EXECUTORS_WITHIN_S
    context = session.sparkContext._jsc.sc()
    while context.getExecutorMemoryStatus().size() < 2:  # the first is this process's own driver
        if time.monotonic() > give_up:
            raise Busy(
                es=f"En {address} no hay ningún ejecutor libre: o faltan trabajadores, o piden "
                "más memoria o núcleos de los que hay.",
                en=f"There is no free executor on {address}: workers are missing, or more memory "
                "or cores are asked for than there are.",
                reason="engine_full",
            )
        time.sleep(0.2)
