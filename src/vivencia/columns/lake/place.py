"""Where files of Parquet lie: a folder, or a bucket (s3://…) through Arrow. What is written there
appears whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs as fs
import pyarrow.parquet as pq

from vivencia.lib.disk import sync
from vivencia.lib.errors import BadInput, Busy

_DRAFT = ".part"
# A small file is sent whole when it is closed: a writer that is killed leaves no part of it.
_AT_ONCE = "allow_delayed_open=true"


class Place:
    """One folder or prefix. Names are relative to it: "steps/2026-10/4f….parquet"."""

    def __init__(self, address: str) -> None:
        """`address`: an absolute path, or s3://bucket/prefix. Raises BadInput for another scheme
        and for what is no address of a bucket.

        A folder is made with its first file. Files get its rights, so that whoever may list it,
        the workers of a cluster for one, may read them.
        """
        self.address = address.rstrip("/")
        scheme, _, rest = address.rpartition("://")
        if scheme not in ("", "s3") or not rest.strip("/"):
            raise BadInput(
                es=f"«{scheme}://» no es un sitio conocido: di una carpeta o s3://cubo/prefijo.",
                en=f"“{scheme}://” is no place known here: say a folder, or s3://bucket/prefix.",
            )
        self._folder = None if scheme else Path(address).absolute()
        if self._folder is not None:
            self._files, self._root = fs.LocalFileSystem(), str(self._folder)
        else:
            self._files, self._root = _bucket(self.address)

    def whole_name(self, name: str) -> str:
        """How an engine calls the file: an absolute path, or s3a:// as Hadoop says it."""
        if self._folder is not None:
            return str(self._folder / name)
        return f"s3a://{self._root}/{name}"

    def write_table(self, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
        """Write a Parquet file, a batch at a time; how many rows it has."""
        rows = 0
        with _reached(self.address):
            with (
                self._writing(name) as sink,
                pq.ParquetWriter(sink, schema, compression="zstd") as to,
            ):
                for batch in batches:
                    rows += batch.num_rows
                    to.write_batch(batch)
            self._publish(name)
        return rows

    def write(self, name: str, data: bytes) -> None:
        """Write a small file, in place of any of that name at one stroke."""
        with _reached(self.address):
            with self._writing(name) as sink:
                sink.write(data)
            self._publish(name)

    def read(self, name: str) -> bytes | None:
        """A small file; None where there is none."""
        with _reached(self.address):
            try:
                with self._files.open_input_file(f"{self._root}/{name}") as file:
                    return bytes(file.read())
            except FileNotFoundError:
                return None

    def read_table(self, name: str) -> pa.Table:
        """A Parquet file."""
        with _reached(self.address), self._files.open_input_file(f"{self._root}/{name}") as file:
            return pq.read_table(file)

    def dataset(self) -> ds.FileSystemDataset:
        """The one table that lies here, as a file or as a folder of them, to be read a column at a
        time. Raises FileNotFoundError."""
        if self._files.get_file_info(self._root).type == fs.FileType.NotFound:
            raise FileNotFoundError(self.address)
        return ds.dataset(self._root, filesystem=self._files, format="parquet", partitioning="hive")

    def names(self) -> list[str]:
        """Every file there is, drafts of a writer that was killed among them."""
        everything = fs.FileSelector(self._root, recursive=True, allow_not_found=True)
        with _reached(self.address):
            found = self._files.get_file_info(everything)
        return sorted(
            each.path[len(self._root) + 1 :] for each in found if each.type == fs.FileType.File
        )

    def remove(self, name: str) -> None:
        """Remove a file, and its folder with the last one in it."""
        with _reached(self.address):
            if self._folder is None:
                self._files.delete_file(f"{self._root}/{name}")
                return
            path = self._folder / name
            path.unlink(missing_ok=True)
            for folder in path.relative_to(self._folder).parents:
                if folder != Path() and not any((self._folder / folder).iterdir()):
                    (self._folder / folder).rmdir()

    def _writing(self, name: str) -> pa.NativeFile:
        """Where a file is written: a bucket shows it only once it is closed, a folder at once."""
        if self._folder is None:
            return self._files.open_output_stream(f"{self._root}/{name}")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        rights = self._folder.stat().st_mode & 0o777
        for folder in reversed((self._folder / name).relative_to(self._folder).parents[:-1]):
            (self._folder / folder).mkdir(mode=rights, exist_ok=True)
        return self._files.open_output_stream(f"{self._root}/{name}{_DRAFT}")

    def _publish(self, name: str) -> None:
        """Give the draft its name once all of it is on the disk."""
        if self._folder is None:
            return
        draft, path = self._folder / f"{name}{_DRAFT}", self._folder / name
        draft.chmod(self._folder.stat().st_mode & 0o666)
        sync(draft)
        draft.replace(path)
        sync(path.parent)


@contextmanager
def _reached(address: str) -> Iterator[None]:
    """Whatever keeps us from the files there, as a sentence: Busy."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise Busy(
            es=f"Ahora no se puede usar {address}: {why}. Lo que había sigue entero; vuelve a "
            "intentarlo cuando esté arreglado.",
            en=f"{address} can not be used now: {why}. What was there is still whole; try again "
            "once that is mended.",
            reason="lake_unreachable",
        ) from error


def _bucket(address: str) -> tuple[fs.FileSystem, str]:
    """Arrow's way to s3://bucket/prefix, and the bucket with its prefix. BadInput for what is no
    such address, and for one that carries credentials: it is shown on pages and in logs."""
    asked = urlsplit(address)
    if "@" in asked.netloc:
        raise BadInput(
            es="Las credenciales no van en la dirección: AWS_ACCESS_KEY_ID y "
            "AWS_SECRET_ACCESS_KEY, en el entorno.",
            en="Credentials do not go into the address: AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, in the environment.",
        )
    with _reached(address):
        try:
            whole = asked._replace(query="&".join(filter(None, (asked.query, _AT_ONCE))))
            files, root = fs.FileSystem.from_uri(whole.geturl())
        except pa.ArrowInvalid as error:
            raise BadInput(
                es=f"{address} no es la dirección de un cubo (s3://cubo/prefijo): {error}",
                en=f"{address} is no address of a bucket (s3://bucket/prefix): {error}",
            ) from None
    return files, root
