"""Every test gets an installation of its own: nothing of the developer's is read or written."""

import os
import tempfile

# Before Django's settings are read, which is when pytest-django starts.
os.environ["VIVENCIA_DATA"] = tempfile.mkdtemp(prefix="vivencia-test-")
for name in ("VIVENCIA_SECRET", "VIVENCIA_SECRET_FILE", "VIVENCIA_URL", "VIVENCIA_DEBUG"):
    os.environ.pop(name, None)
os.environ["DJANGO_SETTINGS_MODULE"] = "vivencia.shell.settings"
