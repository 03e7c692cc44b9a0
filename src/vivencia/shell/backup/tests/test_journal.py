"""The erasure journal: on disk before the commit, counted with it, whole in every place."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from vivencia.interactions.models import Counter
from vivencia.lib.errors import Broken
from vivencia.shell.backup import journal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup place, and a data directory of the test's own."""
    monkeypatch.setattr(settings, "DATA", type(settings.DATA)(tmp_path / "data").create())
    monkeypatch.setattr(settings, "BACKUP_PLACES", [tmp_path / "place"])
    return tmp_path / "place"


def erase(*identities: int) -> None:
    with transaction.atomic():
        journal.append(identities)


def ours() -> Path:
    return settings.DATA.path / journal.NAME


def seen() -> int:
    return sum(Counter.objects.filter(name=journal.SEEN).values_list("n", flat=True))


def test_an_erasure_is_one_chained_line_of_keys_here_and_in_every_place(place: Path) -> None:
    erase(17, 18)
    erase(3)
    lines = journal.read(ours())
    assert [(one.n, one.identities) for one in lines] == [(1, (17, 18)), (2, (3,))]
    assert journal.read(place / journal.NAME) == lines
    assert seen() == 2
    assert ours().stat().st_mode & 0o777 == 0o600
    assert set(json.loads(ours().read_text().splitlines()[0])) == {
        "n", "at", "identities", "chain",
    }  # fmt: skip


def test_what_was_not_committed_is_not_counted_and_the_next_line_follows(place: Path) -> None:
    with transaction.atomic():
        journal.append([1])
        transaction.set_rollback(True)
    assert (len(journal.read(ours())), seen()) == (1, 0)
    assert not place.exists()
    erase(2)
    assert (len(journal.read(place / journal.NAME)), seen()) == (2, 2)


def test_outside_a_transaction_it_is_refused(place: Path) -> None:
    with pytest.raises(RuntimeError):
        journal.append([1])


def test_a_line_cut_off_is_written_over(place: Path) -> None:
    erase(1)
    with ours().open("ab") as file:
        file.write(b'{"n":2,"at":17')
    assert len(journal.read(ours())) == 1
    erase(2)
    assert [one.identities for one in journal.read(ours())] == [(1,), (2,)]


def test_a_place_that_was_away_catches_up(place: Path) -> None:
    place.write_text("a file where the folder should be")
    erase(1)
    place.unlink()
    assert journal.spread([place]) == []
    assert journal.read(place / journal.NAME) == journal.read(ours())


def test_the_journal_of_another_installation_is_left_alone(place: Path) -> None:
    place.mkdir()
    other = journal.Line.after(None, 5, [9])
    journal.copy_to(place, [other])
    erase(1)
    assert journal.read(place / journal.NAME) == [other]
    assert journal.spread([place]) == [place]


def test_every_flipped_bit_and_every_missing_line_is_noticed(place: Path) -> None:
    for n in range(3):
        erase(n)
    whole = ours().read_bytes()
    lines = journal.read(ours())
    for at in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[at // 8] ^= 1 << at % 8
        ours().write_bytes(flipped)
        try:
            assert journal.read(ours()) == lines[:2], at  # the end of the last line was hit
            assert at // 8 == len(whole) - 1
        except Broken:
            pass
    ours().write_bytes(b"".join(whole.splitlines(keepends=True)[1:]))
    with pytest.raises(Broken):
        journal.read(ours())


def test_only_what_the_database_has_not_seen_is_replayed(place: Path) -> None:
    lines = [journal.Line.after(None, 5, [1])]
    lines.append(journal.Line.after(lines[-1], 6, [2, 3]))
    lines.append(journal.Line.after(lines[-1], 7, [4]))
    erased: list[tuple[int, ...]] = []
    assert journal.replay(lines, 1, lambda keys: erased.append(tuple(keys))) == 2
    assert erased == [(2, 3), (4,)]
    assert seen() == 3
