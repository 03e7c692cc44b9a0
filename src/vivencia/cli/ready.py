"""Django, made ready for a command: the settings of one data directory, its tables in place.

As `python -m vivencia.cli.ready DATA` for a command that then does without Django.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from vivencia.interactions.database import is_there
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import NotFound


def there(data: DataDir) -> DataDir:
    """`data`, for commands that begin none. Raises NotFound where no installation is."""
    if not is_there(data.database):
        raise NotFound(
            es=f"No hay ninguna instalación en {data.path}.",
            en=f"There is no installation in {data.path}.",
        )
    return data


def ready(
    data: DataDir,
    *,
    on_older: Callable[[DataDir], object] | None = None,
    restoring: bool = False,
) -> DataDir:
    """Make `data` if it is missing, its tables with it, and load Django on it.

    For commands that use models; those that only read columns have no need of it. Data of an
    earlier version are refused, unless `on_older` is there to be called before they are upgraded;
    a database that is being restored opens to who is `restoring` it.
    """
    data.create()
    os.environ["VIVENCIA_DATA"] = str(data.path)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vivencia.shell.settings")
    import django

    django.setup()
    from vivencia.shell.upgrade import bring_up_to_date, refuse, refuse_half_restored

    if not restoring:
        refuse_half_restored()
    bring_up_to_date(data, on_older or refuse)
    return data


if __name__ == "__main__":
    ready(DataDir(sys.argv[1]))
