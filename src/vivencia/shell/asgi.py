"""The one application `serve` runs: doors, files and pages behind the same checks.

The intake is bare ASGI beside Django, whose own way is several times slower.
"""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vivencia.shell.settings")

from django.conf import settings
from django.core.asgi import get_asgi_application

_django = get_asgi_application()

from vivencia.shell.bodies import bounded  # noqa: E402
from vivencia.shell.security import App, Receive, Scope, Send, secured  # noqa: E402
from vivencia.shell.static_files import static_app  # noqa: E402

pages = bounded(_django)  # the doors count their own bodies
DOORS = ("/api/v1/interactions", "/v1/")


def dispatcher(intake: App | None) -> App:
    """Everything: `intake` gets the doors, static files their address, Django the rest."""
    files = static_app()

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http":
            await _django(scope, receive, send)
        elif intake is not None and path.startswith(DOORS):
            await intake(scope, receive, send)
        elif path.startswith(settings.STATIC_URL):
            await files(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return secured(dispatch, settings.ALLOWED_HOSTS)


application = dispatcher(None)
