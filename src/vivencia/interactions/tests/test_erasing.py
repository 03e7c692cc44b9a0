"""Who was erased is known to nobody again: not to a writer that met them before, either."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection, transaction

from vivencia.interactions import personal
from vivencia.interactions.append import append
from vivencia.interactions.lexicon import Lexicon
from vivencia.interactions.models import Identity, LogEntry, VaultValue
from vivencia.interactions.record import Identity as Named
from vivencia.interactions.record import Interaction, Sort

pytestmark = pytest.mark.django_db
ANA = Named(Sort.email, "ana@example.org")


class Writer:
    """One that lives on and remembers, as the intake's does."""

    def __init__(self) -> None:
        self.lexicon, self.n = Lexicon(settings.DATA.derived("log")), 0

    def write(self) -> None:
        self.n += 1
        made = Interaction(id=self.n.to_bytes(16, "big"), source="api", happened_at=1, kind="visit",
                           identities=(ANA,), journey="j-1", body=self.n)  # fmt: skip
        with transaction.atomic():
            append(connection.connection, [made], self.lexicon, 1)


def people() -> int:
    """How many the log tells apart."""
    return LogEntry.objects.values("identity").distinct().count()


def erase_ana() -> None:
    personal.erase([Identity.objects.get(value=ANA.value).key])


def test_the_same_address_after_an_erasure_is_somebody_new() -> None:
    writer = Writer()
    writer.write()
    erase_ana()
    writer.write()
    writer.write()
    assert people() == 2
    assert Identity.objects.filter(value=ANA.value).count() == 1
    erase_ana()
    writer.write()
    assert people() == 3


def test_control_a_writer_that_hears_of_no_erasure_brings_them_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Lexicon, "heed_erasures", lambda self, connection: None)
    writer = Writer()
    writer.write()
    erase_ana()
    writer.write()
    assert people() == 1


def test_a_journey_of_theirs_loses_its_name_and_is_known_to_nobody_again() -> None:
    writer = Writer()
    writer.write()
    erase_ana()
    assert not VaultValue.objects.exclude(text=None).exists()
    writer.write()
    assert LogEntry.objects.values("journey").distinct().count() == 2
