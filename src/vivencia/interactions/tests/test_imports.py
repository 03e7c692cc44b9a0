"""Bringing files in: nothing twice, nothing lost, everything undoable."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from vivencia.interactions.database import open_database
from vivencia.interactions.imports import actions, reading
from vivencia.interactions.imports.error_file import of_import, write_for
from vivencia.interactions.imports.facts import declare
from vivencia.interactions.mapping import Mapping
from vivencia.lib.errors import BadFile, BadMapping, Busy, Conflict, NotFound

MAPPING = Mapping.from_toml("""
[columns]
happened_at = "at"
identity = "who"
[[scores]]
column = "nps"
scale = "nps"
""")
OTHER = Mapping.from_toml('[columns]\nhappened_at = "at"\nidentity = "who"\nchannel = "nps"')


@pytest.fixture
def database(installation):
    connection = open_database(installation.database)
    yield connection
    connection.close()


@pytest.fixture
def bring(installation, tmp_path):
    def bring(*rows, mapping=MAPPING, name="a.csv", **options):
        path = tmp_path / name
        path.write_text("at,who,nps\n" + "".join(f"{row}\n" for row in rows))
        return actions.run_import(installation, path, mapping, **options)

    return bring


def row(n, nps=9):
    return f"2026-01-{n:02},c{n},{nps}"


def visible(database):
    """Interactions of imports that count, as the columns leave them out."""
    return database.execute(
        """SELECT count(*) FROM interactions l WHERE EXISTS (
           SELECT 1 FROM imports one JOIN imports later ON later.lineage = one.lineage
           AND later.ordinal >= one.ordinal AND later.state <> 'undone'
           WHERE one.source = l.source)"""
    ).fetchone()[0]


def told(result):
    return result.stored, result.duplicate, result.quarantined


def test_a_file_comes_in_once(bring, database):
    assert told(bring(row(1), row(2))) == (2, 0, {})
    assert told(bring(row(1), row(2))) == (0, 2, {})
    assert told(bring(row(1), row(2), row(2), row(3))) == (2, 2, {})
    assert database.execute("SELECT count(*) FROM interactions").fetchone() == (4,)


def test_an_undo_costs_no_later_import_its_rows(bring, installation, database):
    first, second = bring(row(1)), bring(row(1), row(2))
    actions.undo(installation, first.name)
    assert visible(database) == 2
    actions.undo(installation, second.name)
    assert visible(database) == 0
    assert bring(row(1), row(2)).redone
    assert visible(database) == 2
    kinds = database.execute(
        """SELECT w.text, hex(l.about) FROM interactions l JOIN words w ON w.code = l.kind
           WHERE l.about IS NOT NULL ORDER BY l.seq"""
    ).fetchall()
    assert [kind for kind, _ in kinds] == ["import.undone", "import.undone", "import.redone"]
    assert kinds[0][1].lower().startswith(first.name)


def test_a_shorter_version_keeps_its_rows(bring, installation, database):
    first = bring(row(1))
    longer = bring(row(1), row(2), row(3))
    again = bring(row(1))
    assert told(again) == (0, 1, {})
    actions.undo(installation, longer.name)
    actions.undo(installation, first.name)
    assert visible(database) == 1


def test_another_mapping_waits_for_the_undo_and_ids_do_not_clash(bring, installation, database):
    first = bring(row(1), row(2))
    with pytest.raises(Conflict) as error:
        bring(row(1), row(2), mapping=OTHER)
    assert error.value.reason == "other_mapping"
    actions.undo(installation, first.name)
    assert told(bring(row(1), row(2), mapping=OTHER)) == (2, 0, {})
    ids = database.execute("SELECT count(DISTINCT id), count(*) FROM interactions").fetchone()
    assert ids == (5, 5)  # two, their undo, two anew
    assert visible(database) == 2


def test_mended_rows_come_in_alone(bring, database):
    assert told(bring(row(1), row(2, 11), "ayer,c3,1")) == (1, 0, {"score_range": 1, "bad_time": 1})
    assert told(bring(row(1), row(2, 11), "ayer,c3,1")) == (
        0, 1, {"score_range": 1, "bad_time": 1},
    )  # fmt: skip
    assert database.execute("SELECT count(*) FROM quarantine").fetchone() == (2,)
    assert told(bring(row(1), row(2, 10), row(3, 1))) == (2, 1, {})


def test_good_scores_of_a_row_survive_a_bad_one(installation, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("at,a,b\n2026-01-01,5,9\n2026-01-01,,\n2026-01-01,1,1\n")
    mapping = Mapping.from_toml(
        '[columns]\nhappened_at="at"\n[[scores]]\ncolumn="a"\nscale="csat5"\n'
        '[[scores]]\ncolumn="b"\nscale="csat5"'
    )
    result = actions.run_import(installation, path, mapping)
    assert result.as_json() == {
        "import": result.name, "rows": 3, "interactions": 4, "stored": 3, "duplicate": 0,
        "quarantined": {"score_range": 1},
    }  # fmt: skip
    assert result.without_value == 1
    again = actions.run_import(installation, path, mapping)
    assert told(again) == (0, 3, {"score_range": 1})


def test_a_trial_keeps_nothing(bring, database):
    result = bring(row(1), row(2, 11), "ragged", dry_run=True)
    assert told(result) == (1, 0, {"score_range": 1, "ragged": 1})
    assert result.name is None
    assert [one.number for one in result.examples] == [3, 4]
    assert database.execute("SELECT count(*) FROM imports").fetchone() == (0,)
    assert database.execute("SELECT count(*) FROM interactions").fetchone() == (0,)


def test_bad_rows_wait_in_the_quarantine_and_in_a_file(bring, installation, database):
    result = bring(row(1), '2026-01-02,"=1+1",11', "only one")
    path = write_for(installation, result, "es")
    text = path.read_text("utf-8-sig")
    assert text.splitlines() == [
        "fila,motivo,columna,at,who,nps,fila tal cual",
        "3,La puntuación no es de su escala.,nps,2026-01-02,'=1+1,11,",
        "4,La fila no tiene tantas celdas como columnas hay.,,,,,only one",
    ]
    assert oct(path.stat().st_mode)[-3:] == "600"
    assert "The score is not one its scale takes." in "".join(of_import(database, result.key, "en"))


def test_what_can_not_be_read_leaves_nothing(installation, tmp_path, bring, database):
    with pytest.raises(BadMapping):
        bring("3/4/2026,c,9")
    empty = tmp_path / "b.csv"
    empty.write_text("at,who,nps\n")
    with pytest.raises(BadFile):
        actions.run_import(installation, empty, MAPPING)
    with pytest.raises(BadFile):
        actions.run_import(installation, tmp_path / "none.csv", MAPPING)
    assert database.execute("SELECT count(*) FROM imports").fetchone() == (0,)


def test_an_undo_is_not_taken_back_while_its_rows_count_under_another_mapping(
    bring, installation, database
):
    first = bring(*map(row, range(1, 6)))
    actions.undo(installation, first.name)
    second = bring(*map(row, range(1, 6)), mapping=OTHER)
    with pytest.raises(Conflict, match=second.name):
        actions.redo(installation, first.name)
    assert visible(database) == 5
    actions.undo(installation, second.name)
    actions.redo(installation, first.name)
    assert visible(database) == 5


def test_an_undo_happens_once(bring, installation):
    first = bring(row(1))
    actions.undo(installation, first.name)
    with pytest.raises(Conflict):
        actions.undo(installation, first.name)
    actions.redo(installation, first.name)
    with pytest.raises(NotFound):
        actions.undo(installation, "nothing")


def test_one_import_at_a_time(bring, installation):
    with actions._only_one(installation), pytest.raises(Busy):
        bring(row(1))


def test_a_killed_import_goes_on_where_it_was(installation, tmp_path, database):
    path = tmp_path / "a.csv"
    lines = [f"2026-01-01T00:00:{n % 60:02},c{n},{n % 11}\n" for n in range(60_000)]
    path.write_text("at,who,nps\n" + "".join(lines))
    program = (
        "import sys\n"
        "from vivencia.interactions.imports import actions\n"
        "from vivencia.interactions.mapping import Mapping\n"
        "from vivencia.lib.datadir import DataDir\n"
        "import json\n"
        "if __name__ == '__main__':\n"
        "    actions.run_import(DataDir(sys.argv[1]), sys.argv[2],\n"
        "        Mapping.from_dict(json.loads(sys.argv[3])))\n"
    )
    script = tmp_path / "run.py"
    script.write_text(program)
    process = subprocess.Popen(
        [sys.executable, script, installation.path, path, json.dumps(MAPPING.to_dict())],
        start_new_session=True,
    )
    count = "SELECT count(*) FROM interactions"
    give_up = time.monotonic() + 300
    while database.execute(count).fetchone()[0] < 3000 and time.monotonic() < give_up:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = database.execute(count).fetchone()[0]
    assert 0 < before < 60_000
    result = actions.run_import(installation, path, MAPPING)
    assert told(result) == (60_000 - before, before, {})
    (one,) = reading.listed(database)
    assert (one.state, one.interactions) == ("done", 60_000)


def test_progress_and_place_in_the_list_are_told(bring, database):
    seen = []
    result = bring(*[row(n % 28 + 1) for n in range(5000)], report=seen.append)
    assert [at.rows for at in seen if at.phase == "store"][-1] == 5000
    (one,) = reading.listed(database)
    assert (one.short, one.name, one.rows, one.state) == (result.name, "a.csv", 5000, "done")


def test_a_file_of_customers_tells_who_they_are(installation, tmp_path, database):
    from vivencia.customers.traits import take_traits

    path = tmp_path / "customers.csv"
    path.write_text("cliente,correo,Nombre,Plan\nc1,ana@example.com,Ana,oro\n,,Nadie,\nc2,,Luis,\n")
    mapping = Mapping.from_toml(
        '[columns]\nidentity = "cliente"\nemail = "correo"\n'
        '[traits]\nname = "Nombre"\nplan = "Plan"'
    )
    result = actions.run_import(installation, path, mapping)
    assert told(result) == (2, 0, {"missing_identity": 1})
    take_traits(database)
    rows = database.execute(
        """SELECT i.value, t.name, t.value FROM traits t JOIN identities i ON i.key = t.identity
           ORDER BY i.value, t.name"""
    ).fetchall()
    assert rows == [("c1", "name", "Ana"), ("c1", "plan", "oro"), ("c2", "name", "Luis")]
    assert database.execute("SELECT rule FROM links").fetchall() == [("identify",)]


def test_an_id_of_the_file_s_own_counts_once(installation, tmp_path, database):
    path = tmp_path / "a.csv"
    path.write_text(
        "id,at,nps\na,2026-01-01,9\nb,2026-01-02,8\na,2026-01-01,9\nb,2026-01-02,7\n"
        ",2026-01-03,6\n,2026-01-03,6\na,2026-01-01,9\n"
    )
    mapping = Mapping.from_toml(
        '[columns]\nid = "id"\nhappened_at = "at"\nscore = "nps"\n[constants]\nscale = "nps"'
    )
    tried = actions.run_import(installation, path, mapping, dry_run=True)
    assert told(tried) == (4, 2, {"id_conflict": 1})
    assert told(actions.run_import(installation, path, mapping)) == (4, 2, {"id_conflict": 1})
    assert told(actions.run_import(installation, path, mapping)) == (0, 6, {"id_conflict": 1})
    (raw,) = database.execute("SELECT raw FROM quarantine").fetchone()
    assert json.loads(raw) == {"id": "b", "at": "2026-01-02", "nps": "7"}
    kept = database.execute("SELECT sender_id FROM vault_texts ORDER BY seq").fetchall()
    assert kept == [("a",), ("b",)]


def test_the_facts_of_a_mapping_are_declared_with_their_sort(installation, database, bring):
    mapping = Mapping.from_toml(
        '[columns]\nhappened_at = "at"\n'
        '[facts]\nplan = "who"\nmark = { column = "nps", sort = "number" }\n'
    )
    bring(row(1), row(2), mapping=mapping)
    declare(installation, mapping)
    declare(installation, mapping)  # the same again changes nothing
    found = database.execute("SELECT name, sort FROM fact_names ORDER BY name").fetchall()
    assert found == [("mark", "number"), ("plan", "category")]
    declare(installation, Mapping.from_toml('[facts]\nnever = "x"'))
    assert database.execute("SELECT count(*) FROM fact_names").fetchone() == (2,)
