"""Where the house is put together once its rooms are loaded."""

from __future__ import annotations

from collections.abc import Collection

from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "vivencia.shell"
    label = "shell"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from vivencia.connectors.delighted import erasing  # noqa: PLC0415 (models are ready now)

        erasing.carried_out_by(_erase_for_the_api)


def _erase_for_the_api(keys: Collection[int]) -> None:
    from vivencia.customers.rights.words import ASKED  # noqa: PLC0415 (few ever need it)
    from vivencia.shell.erasure import erase  # noqa: PLC0415

    erase(keys, ASKED, door="api")
