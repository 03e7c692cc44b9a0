"""The one application `serve` runs: doors, files and pages behind the same checks.

The intake is bare ASGI beside Django, whose own way is several times slower.
"""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vivencia.shell.settings")

import django
from django.conf import settings

django.setup(set_prefix=False)

from vivencia.interactions.intake.asgi import Intake  # noqa: E402
from vivencia.shell.admission import admitted  # noqa: E402
from vivencia.shell.bodies import bounded  # noqa: E402
from vivencia.shell.handler import Pages  # noqa: E402
from vivencia.shell.security import App, Receive, Scope, Send, secured  # noqa: E402
from vivencia.shell.static_files import static_app  # noqa: E402
from vivencia.surveys.answering.door import Door  # noqa: E402
from vivencia.surveys.answering.web import PATH as ANSWERS  # noqa: E402

pages = bounded(admitted(Pages()))  # the doors count their own bodies and who waits
DOORS = ("/api/v1/interactions", "/v1/")


def dispatcher(intake: Intake | None) -> App:
    """Everything: `intake` gets the doors, static files their address, Django the rest.

    Answers to surveys go the writer's short way first."""
    files = static_app()
    answers = _answers(intake) if intake is not None else pages

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http":
            raise ValueError(f"Nothing here speaks {scope['type']}.")
        if intake is not None and path.startswith(DOORS):
            await intake(scope, receive, send)
        elif path.startswith(settings.STATIC_URL):
            await files(scope, receive, send)
        elif path.startswith(ANSWERS):
            await answers(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return secured(dispatch, settings.ALLOWED_HOSTS)


def _answers(intake: Intake) -> App:
    return Door(
        intake.writer, settings.DATA.derived("survey-links"), pages,
        trusted=settings.TRUSTED_PROXIES, secure=settings.HTTPS,
    )  # fmt: skip


application = dispatcher(None)
