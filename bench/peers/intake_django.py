"""The peer of the intake: a plain Django view that bulk_creates into the very same tables.

    VIVENCIA_DATA=DIR python bench/peers/intake_django.py PORT

No key, no checks of values, no conflicts: only what it takes to store the same rows. Served by the
same uvicorn, without middleware. One commit a request, fsynced as ours.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
import uuid
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vivencia.shell.settings")

import django
from django.conf import settings

django.setup()
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = __name__

from django.core.asgi import get_asgi_application  # noqa: E402
from django.db import transaction  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402

from vivencia.interactions.models import (  # noqa: E402
    Identity,
    LogEntry,
    VaultText,
    VaultValue,
    Word,
)

WORDS = ("kind", "touchpoint", "channel", "device", "place", "brand", "department", "scale",
         "currency", "item")  # fmt: skip
_codes: dict[tuple[str, str], int] = {}
_identities: dict[str, int] = {}
_values: dict[tuple[str, str], int] = {}


def code(field: str, text: str) -> int:
    if (field, text) not in _codes:
        _codes[field, text] = Word.objects.get_or_create(field=field, text=text)[0].code
    return _codes[field, text]


def learn(items: list[dict[str, Any]]) -> None:
    """Keys of the identities, journeys and agents not met before."""
    new = {i["identity"]["account"] for i in items} - _identities.keys()
    made = [
        Identity(sort=1, digest=n.encode()[-16:].rjust(16), value=n, number=k, customer=k)
        for n in new
        for k in [secrets.randbits(62)]
    ]
    _identities.update((one.value, one.key) for one in Identity.objects.bulk_create(made))
    for sort in ("journey", "agent"):
        texts = {i[sort] for i in items if (sort, i[sort]) not in _values}
        rows = [VaultValue(sort=sort, digest=t.encode().rjust(16), text=t) for t in texts]
        _values.update(((sort, v.text), v.key) for v in VaultValue.objects.bulk_create(rows))


def interactions(request: HttpRequest) -> JsonResponse:
    body = json.loads(request.body)
    items = body.get("batch", [body])
    now = int(time.time() * 1000)
    with transaction.atomic():
        learn(items)
        rows = [
            LogEntry(
                uid=uuid.UUID(i["id"]).bytes, body=0, source=code("source", "peer"),
                identity=_identities[i["identity"]["account"]], happened_at=i["happened_at"],
                recorded_at=now, stage=4, initiated_by=1, outcome=1,
                agent=_values["agent", i["agent"]], journey=_values["journey", i["journey"]],
                duration=i["duration"], wait=i["wait"], score=1000 * i["score"],
                amount=int(i["amount"].replace(".", "")),
                **{field: code(field, i[field]) for field in WORDS},
            )
            for i in items
        ]  # fmt: skip
        made = LogEntry.objects.bulk_create(rows)
        VaultText.objects.bulk_create(
            VaultText(seq=row.seq, text=i["text"], properties=json.dumps(i["properties"]))
            for row, i in zip(made, items, strict=True)
        )
    return JsonResponse({"results": [{"status": "stored"} for _ in items]})


urlpatterns = [path("api/v1/interactions", interactions)]

if __name__ == "__main__":
    import uvicorn

    uvicorn.run(
        get_asgi_application(), port=int(sys.argv[1]), loop="uvloop", http="httptools",
        log_level="error", access_log=False, lifespan="off",
    )  # fmt: skip
