"""Every test run gets an installation of its own: nothing of the developer's is touched."""

import os
import shutil
import tempfile

import django
import pytest

DATA = tempfile.mkdtemp(prefix="vivencia-test-")

for name in list(os.environ):
    if name.startswith("VIVENCIA_"):
        del os.environ[name]
os.environ["VIVENCIA_DATA"] = DATA  # before Django's settings are read
os.environ["DJANGO_SETTINGS_MODULE"] = "vivencia.shell.settings"
django.setup()


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(DATA, ignore_errors=True)
