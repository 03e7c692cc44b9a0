"""A real S3 server on this machine, which forgets everything when it ends."""

from __future__ import annotations

import logging
import secrets
import urllib.request
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """host:port of the server."""
    # Megabytes of Amazon's own descriptions, for the tests that need them alone.
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # not a line for each request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a prefix in an empty bucket, whose credentials are in the environment."""
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "testing")
    name = f"lake-{secrets.token_hex(4)}"
    made = urllib.request.Request(f"http://{s3}/{name}", method="PUT")
    urllib.request.urlopen(made).close()
    return f"s3://{name}/bank/lake?endpoint_override={s3}&scheme=http&region=us-east-1"
