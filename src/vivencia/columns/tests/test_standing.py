"""The answer an owner keeps at hand says what the columns say, whatever came since it was made."""

from __future__ import annotations

import os
import random
import stat
import threading
import time

import pytest

from vivencia.columns import analyses, standing
from vivencia.columns.filters import Filters
from vivencia.columns.owner import Owner, try_to_own
from vivencia.columns.tests.made import interactions, write
from vivencia.journeys.reading import discover
from vivencia.lib.datadir import DataDir

MADE = interactions(1200)
ASKED = {"activity": "kind", "top": 10}


@pytest.fixture
def owner(installation: DataDir, monkeypatch: pytest.MonkeyPatch) -> Owner:
    """An owner of 800 interactions with their journeys at hand, however few they are."""
    monkeypatch.setattr(standing, "FEWEST", 0)
    monkeypatch.setattr(standing, "USELESS", 10)
    write(installation, MADE[:800])
    owner = try_to_own(installation, "Europe/Madrid")
    assert owner is not None
    owner.catch_up()
    owner.at_hand.renew()
    return owner


def at_hand(owner: Owner) -> object:
    """What is told of the answer at hand; None if it can not be."""
    tables = owner.at_hand.answer("journeys/discover", Filters(), ASKED)
    return tables and {name: table.to_pylist() for name, table in tables.items()}


def anew(owner: Owner) -> object:
    tables = analyses.answer(owner.store, "journeys/discover", Filters(), ASKED)
    return {name: table.to_pylist() for name, table in tables.items()}


def held(owner: Owner) -> int:
    """Bytes of the columns' file that are in memory."""
    sql = "SELECT memory_usage_bytes FROM duckdb_memory() WHERE tag = 'BASE_TABLE'"
    with owner.store.connection.cursor() as cursor:
        return int(cursor.execute(sql).fetchall()[0][0])


def test_what_comes_later_is_in_it(installation: DataDir, owner: Owner) -> None:
    draw = random.Random(4)
    late = MADE[800:]
    draw.shuffle(late)  # old ones among them: journeys change in the middle
    assert at_hand(owner) == anew(owner)
    for start in range(0, len(late), 90):
        write(installation, late[start : start + 90], recorded_at=start + 2)
        owner.catch_up()
        assert at_hand(owner) == anew(owner)
    owner.close()


def test_control_without_what_changed_it_is_what_was(
    installation: DataDir, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner.projector.changes, "note", lambda _: None)
    write(installation, MADE[800:900], recorded_at=2)
    owner.catch_up()
    assert at_hand(owner) is not None
    assert at_hand(owner) != anew(owner)
    owner.close()


def test_a_rebuild_or_a_word_that_is_new_is_not_told_of_it(
    installation: DataDir, owner: Owner
) -> None:
    owner.rebuild()
    assert at_hand(owner) is None
    owner.at_hand.renew()
    assert at_hand(owner) == anew(owner)
    strange = interactions(1210)[1200:1201]
    strange[0].kind = "never.before"
    write(installation, strange, recorded_at=9)
    owner.catch_up()
    assert at_hand(owner) is None
    assert discover(owner).activities["never.before"] == 1
    owner.close()


def test_a_word_that_is_erased_leaves_it(owner: Owner) -> None:
    owner.store.connection.execute("UPDATE words SET text = NULL WHERE text = 'call.ended'")
    assert at_hand(owner) is None
    assert "call.ended" not in discover(owner, top=10).activities
    owner.close()


def test_other_questions_are_asked_of_the_columns(owner: Owner) -> None:
    for filters, asked in (
        (Filters({"channel": ("web",)}), ASKED),
        (Filters(), {**ASKED, "activity": "channel"}),
        (Filters(), {**ASKED, "top": 0}),
    ):
        assert owner.at_hand.answer("journeys/discover", filters, asked) is None
    assert owner.at_hand.answer("journeys/ground", Filters(), {}) is None
    owner.close()


def test_it_is_made_in_the_background_and_again_once_worn(
    installation: DataDir, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "TICK_S", 0.01)
    monkeypatch.setattr(standing, "REST", 0)
    monkeypatch.setattr(standing, "USELESS", 0.3)
    write(installation, MADE[800:], recorded_at=2)
    owner.catch_up()
    assert at_hand(owner) is None  # nearly every journey changed
    stop = threading.Event()
    thread = threading.Thread(target=owner.at_hand.keep_ready, args=(stop,))
    thread.start()
    give_up = time.monotonic() + 300
    while at_hand(owner) is None and time.monotonic() < give_up:
        time.sleep(0.01)
    stop.set()
    thread.join()
    assert at_hand(owner) == anew(owner)
    owner.close()


def test_few_steps_are_not_kept(installation: DataDir, owner: Owner) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standing, "FEWEST", 10_000)
        owner.at_hand.renew()
    assert at_hand(owner) is None
    owner.close()


def test_the_next_owner_takes_it_up_with_what_changed_since(
    installation: DataDir, owner: Owner
) -> None:
    write(installation, MADE[800:860], recorded_at=2)
    owner.catch_up()
    owner.close()
    write(installation, MADE[860:900], recorded_at=3)  # while nobody owns the columns
    after = try_to_own(installation, "Europe/Madrid")
    assert after is not None
    after.catch_up()
    assert at_hand(after) is not None
    assert at_hand(after) == anew(after)
    after.close()


def test_what_a_filtered_question_reads_is_there_before_it_is_asked(
    installation: DataDir, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "TICK_S", 0.01)
    owner.store.connection.execute("CHECKPOINT")
    owner.close()
    after = try_to_own(installation, "Europe/Madrid")
    assert after is not None
    before = held(after)
    stop = threading.Event()
    thread = threading.Thread(target=after.at_hand.keep_ready, args=(stop,))
    thread.start()
    give_up = time.monotonic() + 60
    while held(after) == before and time.monotonic() < give_up:
        time.sleep(0.01)
    stop.set()
    thread.join()
    read = held(after)
    assert discover(after, filters=Filters({"channel": ("web",)})).journeys
    assert before < read == held(after)
    after.close()


@pytest.mark.parametrize("spoil", ["rebuilt", "cut", "of another format", "nothing left of it"])
def test_what_does_not_match_the_columns_is_not_taken_up(
    installation: DataDir, owner: Owner, monkeypatch: pytest.MonkeyPatch, spoil: str
) -> None:
    file = installation.columns.with_name(standing.FILE)
    match spoil:
        case "rebuilt":
            owner.rebuild()
        case "cut":
            os.truncate(file, file.stat().st_size // 2)
        case "of another format":
            monkeypatch.setattr(standing, "FORMAT", "another")
        case _:
            file.unlink()
    owner.close()
    after = try_to_own(installation, "Europe/Madrid")
    assert after is not None
    assert at_hand(after) is None
    after.at_hand.renew()
    assert at_hand(after) == anew(after)
    after.close()


def test_the_file_holds_no_words_and_is_the_owner_s_alone(
    installation: DataDir, owner: Owner
) -> None:
    file = installation.columns.with_name(standing.FILE)
    assert b"call.ended" not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    owner.close()


def test_it_is_written_again_only_once_it_is_worn(
    installation: DataDir, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = installation.columns.with_name(standing.FILE)
    written = file.stat().st_mtime_ns
    write(installation, MADE[800:890], recorded_at=2)
    owner.catch_up()
    owner.at_hand.renew()
    assert file.stat().st_mtime_ns == written
    assert at_hand(owner) == anew(owner)
    monkeypatch.setattr(standing, "USELESS", 0)
    write(installation, MADE[890:900], recorded_at=3)
    owner.catch_up()
    owner.at_hand.renew()
    assert file.stat().st_mtime_ns > written
    owner.close()
    after = try_to_own(installation, "Europe/Madrid")
    assert after is not None
    assert at_hand(after) == anew(after)
    after.close()


def test_what_changed_is_listed_once_and_only_for_somebody(
    installation: DataDir, owner: Owner
) -> None:
    def listed() -> list[int]:
        rows = owner.store.connection.execute("SELECT journey FROM changed ORDER BY journey")
        return [journey for (journey,) in rows.fetchall()]

    assert listed() == []
    for start in (800, 860):
        write(installation, MADE[start : start + 60], recorded_at=start)
        owner.catch_up()
    sql = "SELECT DISTINCT journey FROM interactions WHERE seq > 800"
    touched = {journey for (journey,) in owner.store.connection.execute(sql).fetchall()}
    assert touched <= set(listed())  # others among them were told to be the same customer's
    assert len(listed()) == len(set(listed()))
    owner.rebuild()  # nobody has asked of these columns yet
    write(installation, MADE[920:930], recorded_at=9)
    owner.catch_up()
    assert listed() == []
    owner.close()


def test_of_few_steps_no_list_of_changes_is_begun(installation: DataDir) -> None:
    write(installation, MADE[:100])
    owner = try_to_own(installation, "Europe/Madrid")
    assert owner is not None
    owner.catch_up()
    owner.at_hand.renew()
    assert not owner.store.state("changes.list")
    assert not installation.columns.with_name(standing.FILE).exists()
    owner.close()
