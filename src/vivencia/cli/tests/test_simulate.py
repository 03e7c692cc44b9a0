import json

from vivencia.cli import main


def test_simulate_writes_the_log_and_tells_the_truth(tmp_path, capsys):
    out = tmp_path / "bank"
    words = ["simulate", "--customers", "60", "--seed", "3", "--out", str(out)]
    assert main([*words, "--until", "2026-10-31", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((out / "truth.json").read_text(encoding="utf-8"))
    assert told["until"] == "2026-10-31"
    assert (out / "interactions.parquet").exists()
    assert main(words) == 0
    assert "map.toml" in capsys.readouterr().out


def test_simulate_says_what_is_wrong(tmp_path, capsys):
    words = ["simulate", "--customers", "60", "--out", str(tmp_path)]
    assert main([*words, "--until", "tomorrow"]) == 2
    assert "tomorrow" in capsys.readouterr().err
    assert main([*words, "--seed", "-1"]) == 2
