"""The provider, running, and set in this installation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vivencia.people.oidc import config, protocol, views
from vivencia.people.oidc.tests.identity_provider import IdentityProvider


@pytest.fixture(scope="module")
def running() -> Iterator[IdentityProvider]:
    with IdentityProvider() as provider:
        yield provider


@pytest.fixture
def acme(running: IdentityProvider, settings, monkeypatch) -> IdentityProvider:
    """The provider, set in this installation, honest until a test bends it."""
    running.as_it_should_be()
    running.asked.clear()
    settings.OIDC = config.chosen(running.environ())
    monkeypatch.setattr(views, "_discovered", protocol.Discovered())
    return running
