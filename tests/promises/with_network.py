"""What needs a network: tried by `make promises` and `make audit`, never by `make test`."""

from __future__ import annotations

import pytest

from scripts.audit import LOCKS, ROOT, NotRun, ask, audited, ready
from tests.promises.sizes import figure


def test_s24_no_locked_package_is_known_to_be_vulnerable() -> None:
    try:
        ready()
        found = audited([ROOT / lock for lock in LOCKS], ask)
    except NotRun as reason:
        pytest.skip(f"NOT RUN: {reason}")
    figure(asked_about=found.asked, passed_over=0, known=len(found.known))
    assert found.known == []
