"""The data directory: rights, one secret, and no silent second secret."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Broken


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "new" / "data").create()
    assert mode(data.path) == 0o700
    assert mode(data.secret_file) == 0o600
    assert len(data.secret()) == 32


def test_every_process_sees_the_same_first_secret(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "data")
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(lambda _: data.secret(), range(64)))) == 1
    assert [file.name for file in data.path.iterdir()] == ["secret.key"]


def test_each_purpose_has_its_own_key(tmp_path: Path) -> None:
    data = DataDir(tmp_path).create()
    assert len({data.secret(), data.derived("one"), data.derived("two")}) == 3


def test_a_lost_secret_is_not_replaced(tmp_path: Path) -> None:
    data = DataDir(tmp_path).create()
    data.database.write_bytes(b"SQLite format 3\0")
    data.secret_file.unlink()
    with pytest.raises(Broken, match="is missing"):
        data.secret()


@pytest.mark.parametrize("text", ["", "short", "zz" * 32])
def test_a_damaged_secret_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "elsewhere.key"
    file.write_text(text)
    with pytest.raises(Broken, match="holds no secret"):
        DataDir(tmp_path / "data").secret({"VIVENCIA_SECRET_FILE": str(file)})


def test_a_promised_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(Broken, match="can not be read"):
        DataDir(tmp_path).secret({"VIVENCIA_SECRET_FILE": str(tmp_path / "absent")})


def test_a_second_secret_is_refused(tmp_path: Path) -> None:
    data = DataDir(tmp_path).create()
    assert data.secret({"VIVENCIA_SECRET": data.secret().hex()}) == data.secret()
    with pytest.raises(Broken, match="not the one kept"):
        data.secret({"VIVENCIA_SECRET": "00" * 32})


def test_the_option_wins_over_the_environment(tmp_path: Path) -> None:
    environ = {"VIVENCIA_DATA": str(tmp_path / "env")}
    assert DataDir.chosen(str(tmp_path / "option"), environ).path == tmp_path / "option"
    assert DataDir.chosen(None, environ).path == tmp_path / "env"
    assert DataDir.chosen(None, {}).path.name == "vivencia-data"
