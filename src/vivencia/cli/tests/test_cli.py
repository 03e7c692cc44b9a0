"""The command line itself: it teaches, it is quick, and errors are one sentence."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from vivencia.cli import COMMANDS, main
from vivencia.cli.progress import Progress
from vivencia.columns.tests.made import interactions, write
from vivencia.interactions.database import open_database
from vivencia.interactions.database import write as write_to
from vivencia.lib.datadir import DataDir


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")


def test_help_lists_every_command_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    listed = capsys.readouterr().out
    package = Path(sys.modules["vivencia.cli"].__file__ or "").parent
    for command in COMMANDS:
        file = package / (command.module.rpartition(".")[2] + ".py")
        assert (f"  {command.name} " in listed) == file.exists()


def test_an_unknown_command_is_put_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serv"]) == 2
    assert capsys.readouterr().err == (
        'vivencia: there is no command "serv". Did you mean "serve"?\n'
    )


def test_argparse_speaks_the_language_of_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "es")
    assert main(["--data"]) == 2
    assert capsys.readouterr().err == "vivencia: --data: falta su valor. Ayuda: vivencia --help\n"


def test_a_number_of_variants_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journeys", "--top=-1"]) == 2
    assert '"-1" is no whole number; 0 means all' in capsys.readouterr().err


def test_help_loads_neither_django_nor_numbers() -> None:
    code = (
        "import sys; from vivencia.cli import main; main([]);"
        "sys.exit(bool({'django', 'numpy', 'duckdb', 'pyarrow'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_an_import_by_a_map_does_without_django(tmp_path: Path) -> None:
    file, by = tmp_path / "answers.csv", tmp_path / "map.toml"
    file.write_text("when,what\n2026-11-01,asked\n2026-11-02,\n", encoding="utf-8")
    by.write_text('[columns]\nhappened_at = "when"\nkind = "what"\n', encoding="utf-8")
    code = f"""if True:
        import sys
        from vivencia.cli import main
        given = ["--data", {str(tmp_path / "data")!r}, "import", {str(file)!r}]
        assert main([*given, *{["--map", str(by), "--json"]!r}]) == 0
        sys.exit("django" in sys.modules)
    """
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_progress_says_count_rate_and_time_left() -> None:
    line = Progress("Reading", 10_000).line(2_500, 10_000, 5.0)
    assert line == "Reading: 2,500 / 10,000 · 500/s · 15 s left"


@pytest.mark.parametrize(
    ("name", "content", "words", "reason"),
    [
        ("rows.json", '[{"date": "2026-01-01"}]', [], "json_array"),
        ("rows.jsonl", '{"date": "2026-01-01", "nps', [], "bad_json"),
        ("rows.csv", "date,nps\n2026-01-01,9\n", ["--map", "nowhere.toml"], "no_map"),
        ("rows.csv", None, [], "no_file"),
    ],
)
def test_what_can_not_be_imported_is_one_sentence_and_json(
    name: str,
    content: str | None,
    words: list[str],
    reason: str,
    tmp_path: Path,
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    file = str(tmp_path / name)
    done = subprocess.run(
        [sys.executable, "-m", "vivencia.cli", "--data", str(tmp_path / "d"), "import", file,
         *words, "--json"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["reason"] == reason
    assert len(done.stderr.splitlines()) == 1
    assert "Errno" not in done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize("command", [["scores", "nps"], ["journeys"]])
def test_a_word_nobody_ever_sent_is_refused_with_the_nearest(
    command: list[str], installation: DataDir, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--data", str(installation.path), *command]
    assert main([*asked, "--where", "channel=webb"]) == 0, "the control: nothing to be near to yet"
    write(installation, interactions(200))
    assert main([*asked, "--where", "channel=web"]) == 0
    capsys.readouterr()
    assert main([*asked, "--where", "channel=webb"]) != 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "Nobody ever sent “webb” as “Channel” (channel). The nearest: web…" in told.err


@pytest.mark.django_db
def test_an_import_that_was_killed_is_listed_as_interrupted(
    installation: DataDir,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("VIVENCIA_DATA", str(installation.path))  # as the command does, for good
    file = tmp_path / "answers.csv"
    file.write_text("at,score,scale\n2026-05-01T10:00:00Z,9,nps\n", encoding="utf-8")
    asked = ["--data", str(installation.path), "import"]
    assert main([*asked, str(file), "--json"]) == 0
    database = open_database(installation.database)
    with write_to(database):
        database.execute("UPDATE imports SET state = 'running'")
    database.close()
    capsys.readouterr()
    assert main([*asked, "--list", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)["imports"]
    assert (listed["state"], listed["stored"]) == ("failed", 1)
    for language, state in (("en", "interrupted"), ("es", "interrumpida")):
        monkeypatch.setenv("LANGUAGE", language)
        assert main([*asked, "--list"]) == 0
        assert f" {state} " in capsys.readouterr().out
