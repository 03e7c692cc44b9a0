"""What only a bucket can do wrong. What a lake in one promises is in test_keeping.py."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from vivencia.columns.lake import place as places
from vivencia.columns.lake.place import Place
from vivencia.lib.errors import BadInput, Busy

SMALL = b"canary of ana"


def begun_uploads(s3: str, bucket: str) -> str:
    """What the server holds of files that were begun and never closed."""
    with urllib.request.urlopen(f"http://{s3}/{urlsplit(bucket).netloc}?uploads") as answer:
        return str(answer.read().decode())


def test_a_killed_writer_leaves_no_part_of_a_small_file(s3: str, bucket: str) -> None:
    place = Place(bucket)
    killed = place._writing("words/1.parquet")
    killed.write(SMALL)
    assert "words/" not in begun_uploads(s3, bucket)
    assert place.names() == []
    killed.close()
    assert place.names() == ["words/1.parquet"]


def test_control_a_file_sent_in_parts_leaves_them(
    s3: str, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_AT_ONCE", "")
    killed = Place(bucket)._writing("words/1.parquet")
    killed.write(SMALL)
    assert "words/1.parquet" in begun_uploads(s3, bucket)
    killed.close()


def test_a_bucket_that_is_not_there_is_said(bucket: str) -> None:
    place = Place(bucket.replace("s3://", "s3://no-"))
    with pytest.raises(Busy) as told:
        place.write("manifest.json", b"{}")
    assert told.value.reason == "lake_unreachable"
    assert "NO_SUCH_BUCKET" in told.value.es


def test_a_folder_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Busy, match="can not be used"):
        Place(str(tmp_path / "file" / "lake")).write("manifest.json", b"{}")


@pytest.mark.parametrize(
    "address", ["ftp://elsewhere/x", "s3://", "s3://ours/x?nonsense=1", "s3://key:secret@ours/x"]
)
def test_what_is_no_address_is_refused_without_asking_anybody(address: str) -> None:
    with pytest.raises(BadInput) as told:
        Place(address)
    assert "secret@" not in told.value.en + told.value.es
