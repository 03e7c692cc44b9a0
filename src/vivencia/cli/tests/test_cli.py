"""The command line itself: it teaches, it is quick, and errors are one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

from vivencia.cli import COMMANDS, main
from vivencia.cli.progress import Progress


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


def test_progress_says_count_rate_and_time_left() -> None:
    line = Progress("Reading", 10_000).line(2_500, 10_000, 5.0)
    assert line == "Reading: 2,500 / 10,000 · 500/s · 15 s left"
