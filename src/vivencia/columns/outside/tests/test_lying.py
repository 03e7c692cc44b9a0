"""A table lies in files, here or in a bucket, or in the catalogue of a cluster."""

from __future__ import annotations

from pathlib import Path

import pyarrow.dataset as ds
import pyarrow.fs as fs
import pytest

from vivencia.cli import main
from vivencia.columns.filters import Filters
from vivencia.columns.outside import lying
from vivencia.columns.outside.asked import Outsides, Registered
from vivencia.columns.outside.declared import Outside, declared
from vivencia.columns.outside.lying import READ_ANEW_MS, Files, InCatalogue, lies
from vivencia.columns.outside.reading import OutsideColumns
from vivencia.columns.outside.registered import OUTSIDE
from vivencia.columns.outside.tests.tables import TOML, ZONE, a_table, answers, table_of
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadInput, BadMapping, NotFound
from vivencia.scores.reading import behind, measure


def lying_in(address: str, folder: Path) -> Outside:
    """The table of the tests, declared as lying elsewhere."""
    file = folder / "elsewhere.toml"
    file.write_text(TOML.replace('"answers"', f'"{address}"', 1))
    return declared(file)


def test_a_table_in_a_bucket_is_what_it_is_in_a_folder(bucket: str, tmp_path: Path) -> None:
    files, root = fs.FileSystem.from_uri(bucket)
    table = table_of(answers())
    for n, part in enumerate((table.slice(0, 100), table.slice(100))):
        ds.write_dataset(part, root, filesystem=files, format="parquet",
                         basename_template=f"{n}-{{i}}.parquet",
                         existing_data_behavior="overwrite_or_ignore")  # fmt: skip
        if n == 0:
            before = lying_in(bucket, tmp_path).state()
    outside = lying_in(bucket, tmp_path)
    assert outside.state() != before
    assert outside.state() == outside.state()
    there, here = OutsideColumns(outside, ZONE), OutsideColumns(a_table(tmp_path), ZONE)
    asked = {"by": ["channel", "plan"], "every": "month"}
    assert measure(there, "nps", **asked) == measure(here, "nps", **asked)
    assert measure(there, "nps").counted > 100
    assert behind(there, "nps", filters=Filters()) == behind(here, "nps", filters=Filters())
    assert outside.as_dict()["table"] == bucket
    there.close()
    here.close()


def test_a_bucket_without_the_table_or_with_credentials_in_its_address_is_refused(
    bucket: str, tmp_path: Path
) -> None:
    with pytest.raises(NotFound):
        lying_in(bucket.replace("/bank/", "/other/"), tmp_path).state()
    with pytest.raises(BadInput, match="Credentials"):
        lying_in("s3://key:secret@bucket/answers", tmp_path).state()
    with pytest.raises(BadInput, match="hdfs"):
        lying_in("hdfs://bucket/answers", tmp_path).state()


def test_a_table_of_a_catalogue_is_named_and_anything_else_lies_in_files(tmp_path: Path) -> None:
    assert lies("catalog:lake.cx.answers-2026", tmp_path) == InCatalogue("lake.cx.answers-2026")
    assert lies("catalog.cx.answers", tmp_path) == Files(str(tmp_path / "catalog.cx.answers"))
    assert lies("/warehouse/answers", tmp_path) == Files("/warehouse/answers")


NO_NAMES = (
    "", ".", "a..b", "a b", "a.b.c.d.e", "cx.answers; DROP TABLE cx.answers", "cx.`answers`",
    "parquet.`/etc`", "(SELECT 1)", "cx/answers", 'a"b', "a\nb",
)  # fmt: skip


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_name_of_a_table_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadMapping) as told:
        lies(f"catalog:{name}", tmp_path)
    assert told.value.reason == "no_table"


def test_without_spark_a_table_of_a_catalogue_says_what_it_needs(
    installation: DataDir,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    outside = lying_in("catalog:cx.answers", tmp_path)
    with pytest.raises(BadMapping) as told:
        OutsideColumns(outside, ZONE)
    assert "«cx.answers» está en el catálogo" in told.value.es
    assert "VIVENCIA_ENGINE" in told.value.es
    assert "name it in VIVENCIA_ENGINE" in told.value.en
    words = ["--data", str(installation.path), "scores", "nps", "--outside"]
    assert main([*words, str(tmp_path / "elsewhere.toml")]) == 2
    assert "VIVENCIA_ENGINE" in capsys.readouterr().err

    outsides = Outsides()

    class Owned:
        def put(self, question: dict[str, object]) -> object:
            return outsides.put(question, ZONE)

    monkeypatch.setenv(OUTSIDE, str(tmp_path))
    with pytest.raises(BadMapping, match="catalogue"):
        measure(Registered(Owned(), "elsewhere", None), "nps")


def test_a_table_of_a_catalogue_is_read_anew_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = lying_in("catalog:cx.answers", tmp_path)
    monkeypatch.setattr(lying, "now_ms", lambda: 10 * READ_ANEW_MS)
    first = outside.state()
    monkeypatch.setattr(lying, "now_ms", lambda: 11 * READ_ANEW_MS - 1)
    assert outside.state() == first
    monkeypatch.setattr(lying, "now_ms", lambda: 11 * READ_ANEW_MS)
    assert outside.state() != first
