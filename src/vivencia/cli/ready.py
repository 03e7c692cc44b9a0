"""Django, made ready for a command: the settings of one data directory, its tables in place."""

from __future__ import annotations

import os
from collections.abc import Callable

from vivencia.interactions.database import is_there
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Conflict, NotFound
from vivencia.lib.postgres import choice


def there(data: DataDir) -> DataDir:
    """`data`, for commands that begin none. Raises NotFound where no installation is."""
    if not is_there(data.database):
        raise NotFound(
            es=f"No hay ninguna instalación en {data.path}.",
            en=f"There is no installation in {data.path}.",
        )
    return data


def in_a_file(data: DataDir) -> DataDir:
    """`data`, for commands that handle SQLite's file. Raises Conflict where the log is kept in
    PostgreSQL: half of an installation would be no backup."""
    if choice.url() is not None:
        raise Conflict(
            es="Los datos están en PostgreSQL: copia y restaura la base con pg_dump y pg_restore, "
            "y la carpeta de datos con el secreto aparte (docs/run.md).",
            en="The data are in PostgreSQL: back the database up and restore it with pg_dump and "
            "pg_restore, and the data directory with its secret beside it (docs/run.md).",
            reason="in_postgres",
        )
    return data


def ready(data: DataDir, *, on_older: Callable[[DataDir], object] | None = None) -> DataDir:
    """Make `data` if it is missing, its tables with it, and load Django on it.

    For commands that use models; those that only read columns have no need of it. Data of an
    earlier version are refused, unless `on_older` is there to be called before they are upgraded.
    """
    data.create()
    os.environ["VIVENCIA_DATA"] = str(data.path)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vivencia.shell.settings")
    import django

    django.setup()
    from vivencia.shell.upgrade import bring_up_to_date, refuse

    bring_up_to_date(data, on_older or refuse)
    return data
