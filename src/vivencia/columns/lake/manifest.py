"""What a lake is made of, as its one file says that is exchanged last: `manifest.json`."""

from __future__ import annotations

import msgspec

from vivencia.columns.lake.place import Place
from vivencia.lib.errors import BadFile, Conflict, NotFound

NAME = "manifest.json"
VERSION = 1


class Part(msgspec.Struct, frozen=True):
    """One file: where, of how many rows, and the fingerprint of what the columns said."""

    file: str
    rows: int
    print: str


class Table(msgspec.Struct):
    """`columns`: name to DuckDB type, in order; a file may lack the facts nobody had then.
    `parts`: one a month ("2026-10"), or one under "" of a table without a moment."""

    columns: dict[str, str] = {}
    parts: dict[str, Part] = {}


class Manifest(msgspec.Struct, forbid_unknown_fields=True):
    """`seq`: up to which interaction of the log; `old`: files that were replaced, and when (UTC
    ms), for readers that began before."""

    installation: str
    written_at: int = 0
    seq: int = 0
    zone: str = "UTC"
    tables: dict[str, Table] = {}
    old: dict[str, int] = {}
    version: int = VERSION

    def files(self) -> set[str]:
        """The files of the copy."""
        return {part.file for table in self.tables.values() for part in table.parts.values()}


def read(place: Place) -> Manifest | None:
    """What lies there; None where nothing was ever written. Raises BadFile for what is no manifest
    of this version."""
    data = place.read(NAME)
    if data is None:
        return None
    try:
        found = msgspec.json.decode(data, type=Manifest)
    except msgspec.DecodeError:
        found = None
    if found is None or found.version != VERSION:
        raise BadFile(
            es=f"{place.address}/{NAME} no es de una copia que esta versión sepa leer.",
            en=f"{place.address}/{NAME} is of no copy that this version can read.",
        )
    return found


def there(place: Place) -> Manifest:
    """What lies there. Raises NotFound where nothing was ever written."""
    found = read(place)
    if found is None:
        raise NotFound(
            es=f"En {place.address} no hay ninguna copia: hazla con vivencia lake --to.",
            en=f"There is no copy in {place.address}: make it with vivencia lake --to.",
        )
    return found


def own(place: Place, installation: str) -> Manifest:
    """What lies there, or an empty one. Raises Conflict where it is of another installation."""
    found = read(place) or Manifest(installation)
    if found.installation != installation:
        raise Conflict(
            es=f"En {place.address} está la copia de otra instalación. Elige otro sitio.",
            en=f"The copy of another installation lies in {place.address}. Choose another place.",
        )
    return found


def write(place: Place, manifest: Manifest) -> None:
    """Make it the one that holds: whoever reads sees the files of before, or these."""
    place.write(NAME, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
