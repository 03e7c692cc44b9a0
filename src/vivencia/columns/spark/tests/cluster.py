"""A real cluster on this machine: one master, two workers with an executor of 1 GB each; whoever
asks may take 2 GB, for the steps of all journeys of a large log.

The wheel of PySpark has no scripts to start them; `spark-class` starts every role.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import patch

LOOPBACK = "127.0.0.1"
_SETTINGS = f"""spark.executor.memory 1g
spark.driver.memory 2g
spark.driver.maxResultSize 2g
spark.driver.host {LOOPBACK}
spark.driver.bindAddress {LOOPBACK}
spark.sql.shuffle.partitions 4
"""
_ROLES_MEMORY = "256m"
_PATIENCE_S = 120


def missing() -> str:
    """What the cluster needs and this machine lacks; empty where nothing is missing."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed (requirements-spark.lock)"
    return "" if shutil.which("java") else "java is not installed (apt install openjdk-17-jre)"


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The address of a standalone master with two workers, all ended afterwards."""
    home = Path(find_spec("pyspark").origin).parent  # type: ignore[union-attr, arg-type]
    (folder / "conf").mkdir()
    (folder / "conf" / "spark-defaults.conf").write_text(_SETTINGS)
    told = {"SPARK_HOME": str(home), "SPARK_CONF_DIR": str(folder / "conf"),
            "SPARK_LOCAL_IP": LOOPBACK, "SPARK_DAEMON_MEMORY": _ROLES_MEMORY}  # fmt: skip
    port = free_port()
    address = f"spark://{LOOPBACK}:{port}"
    with ExitStack() as running:
        running.enter_context(patch.dict(os.environ, told))
        running.enter_context(_role(home, folder, "Master", "--port", port, "--host", LOOPBACK))
        _wait_for(port)
        for number in (1, 2):
            running.enter_context(
                _role(home, folder, "Worker", "--cores", 1, "--memory", "1g", "--host", LOOPBACK,
                      "--work-dir", folder / f"work{number}", address)
            )  # fmt: skip
        yield address


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextmanager
def _role(home: Path, folder: Path, role: str, *words: object) -> Iterator[None]:
    named = f"org.apache.spark.deploy.{role.lower()}.{role}"
    command = [home / "bin" / "spark-class", named, "--webui-port", "0", *map(str, words)]
    with (folder / f"{role}.log").open("a") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    give_up = time.monotonic() + _PATIENCE_S
    while time.monotonic() < give_up:
        with socket.socket() as probe:
            if probe.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError("the master of the cluster does not answer")
