"""Where one installation keeps everything: its files, their rights and its secret.

DATA/                 0700
  vivencia.sqlite3    log, vault and every room's tables
  columns.duckdb      the columnar copy
  journeys.arrow      what was found of many journeys, made of it
  secret.key          0600, 32 random bytes
  owner.lock          held by the process that owns the data
  owner.sock          where that process answers the others
  uploads/  errors/   files brought in, and files of rows that could not be
No Django here.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from vivencia.lib.disk import sync
from vivencia.lib.errors import Broken

SECRET_BYTES = 32
DEFAULT = "vivencia-data"


class DataDir:
    """The paths of an installation; nothing is touched on disk before `create` or `secret`."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).expanduser().absolute()

    @classmethod
    def chosen(cls, option: str | None = None, environ: Mapping[str, str] = os.environ) -> DataDir:
        """The directory of `--data`, else of VIVENCIA_DATA, else ./vivencia-data."""
        return cls(option or environ.get("VIVENCIA_DATA") or DEFAULT)

    def __fspath__(self) -> str:
        return str(self.path)

    def __repr__(self) -> str:
        return f"DataDir({str(self.path)!r})"

    @property
    def database(self) -> Path:
        return self.path / "vivencia.sqlite3"

    @property
    def columns(self) -> Path:
        return self.path / "columns.duckdb"

    @property
    def owner_lock(self) -> Path:
        return self.path / "owner.lock"

    @property
    def owner_socket(self) -> Path:
        return self.path / "owner.sock"

    @property
    def uploads(self) -> Path:
        return self.path / "uploads"

    @property
    def errors(self) -> Path:
        return self.path / "errors"

    @property
    def secret_file(self) -> Path:
        return self.path / "secret.key"

    def create(self) -> DataDir:
        """Make the directory, readable by its owner alone, and its secret. Safe to repeat."""
        try:
            for folder in (self.path, self.uploads, self.errors):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.chmod(0o700)
        except OSError as error:
            raise _unusable(self.path, error) from None
        self.secret()
        return self

    def secret(self, environ: Mapping[str, str] = os.environ) -> bytes:
        """The 32 bytes every key of this installation hangs on; made on first use.

        VIVENCIA_SECRET_FILE, then VIVENCIA_SECRET (64 hexadecimal digits), then secret.key.
        Raises Broken when a secret that was there, or was promised, can not be read: with
        another one every stored key and identity would be lost without a word.
        """
        given = _given(environ)
        kept = _read(self.secret_file) if self.secret_file.exists() else None
        if given is not None:
            if kept is not None and not hmac.compare_digest(given, kept):
                raise Broken(
                    es=f"El secreto indicado no es el que guarda {self.secret_file}; quita uno.",
                    en=f"The secret given is not the one kept in {self.secret_file}; remove one.",
                )
            return given
        return kept if kept is not None else self._make_secret()

    def derived(self, purpose: str) -> bytes:
        """32 bytes for one purpose, so that no two uses share a key."""
        return hmac.digest(self.secret(), b"vivencia:" + purpose.encode(), "sha256")

    def _make_secret(self) -> bytes:
        if self.database.exists() and self.database.stat().st_size:
            raise Broken(
                es=f"Falta {self.secret_file}. Recupéralo de una copia: sin él no se reconoce "
                "ninguna clave ni identidad guardada.",
                en=f"{self.secret_file} is missing. Bring it back from a backup: without it no "
                "stored key or identity can be recognised.",
            )
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            _publish(self.secret_file, secrets.token_bytes(SECRET_BYTES))
        except OSError as error:
            raise _unusable(self.path, error) from None
        return _read(self.secret_file)  # another process may have been first


def _given(environ: Mapping[str, str]) -> bytes | None:
    if name := environ.get("VIVENCIA_SECRET_FILE"):
        return _read(Path(name))
    if text := environ.get("VIVENCIA_SECRET"):
        return _decoded(text.strip().encode(), "VIVENCIA_SECRET")
    return None


def _read(file: Path) -> bytes:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Broken(
            es=f"No se puede leer el secreto {file} ({error.strerror}); no arranco sin él.",
            en=f"The secret {file} can not be read ({error.strerror}); not starting without it.",
        ) from None
    return data if len(data) == SECRET_BYTES else _decoded(data.strip(), str(file))


def _decoded(text: bytes, where: str) -> bytes:
    try:
        secret = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise Broken(
            es=f"{where} no contiene un secreto: 32 bytes, o 64 cifras hexadecimales.",
            en=f"{where} holds no secret: 32 bytes, or 64 hexadecimal digits.",
        )
    return secret


def _publish(file: Path, data: bytes) -> None:
    """Write `file` whole and synced, or leave the one another process has just made."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            return
        sync(file.parent)
    finally:
        draft.unlink()


def _unusable(path: Path, error: OSError) -> Broken:
    return Broken(
        es=f"No se puede usar la carpeta de datos {path}: {error.strerror}.",
        en=f"The data directory {path} can not be used: {error.strerror}.",
    )
