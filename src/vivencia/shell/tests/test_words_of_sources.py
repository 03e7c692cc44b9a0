"""A source that is an import is read as the file that came with it."""

import pytest

from vivencia.interactions.models import Import
from vivencia.shell.templatetags.vivencia import with_files_named

pytestmark = pytest.mark.django_db


def test_an_import_is_called_by_its_file() -> None:
    Import.objects.create(
        uid=bytes.fromhex("3f2a90c1d4e5") + b"0123456789", name="october.csv", file_digest="f",
        mapping="{}", source=0, mapping_digest="m", lineage=b"l" * 16, started_at=1, state="done",
    )  # fmt: skip
    assert with_files_named("import:3f2a90c1d4e5 o api") == "october.csv o api"
    assert with_files_named("import:000000000000") == "import:000000000000"
