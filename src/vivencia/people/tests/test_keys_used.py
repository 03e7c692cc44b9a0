"""When a key was last used is known to the minute, and costs no write a request."""

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from vivencia.lib.clock import MINUTE_MS, now_ms
from vivencia.people import actions
from vivencia.people.models import ApiKey

pytestmark = pytest.mark.django_db


def test_use_is_noted_once_a_minute() -> None:
    from django.db import connection

    key = actions.make_api_key(None, "dash", ["read"]).key
    actions.note_key_used(key.pk)
    key.refresh_from_db()
    first = key.last_used_at
    assert first is not None
    assert abs(now_ms() - first) < 5_000
    with CaptureQueriesContext(connection) as asked:
        actions.note_key_used(key.pk)
    assert not [query for query in asked if query["sql"].startswith("UPDATE")]
    ApiKey.objects.update(last_used_at=first - 2 * MINUTE_MS)
    actions.note_key_used(key.pk)
    key.refresh_from_db()
    assert key.last_used_at >= first


def test_asking_the_api_notes_it_and_a_wrong_key_notes_nothing(columns: object) -> None:
    made = actions.make_api_key(None, "dash", ["read"])
    api = Client()
    assert api.get("/api/v1/scores/nps").status_code == 401
    wrong = made.text[:-4] + "AAAA"
    assert (
        api.get("/api/v1/scores/nps", headers={"authorization": f"Bearer {wrong}"}).status_code
        == 401
    )
    made.key.refresh_from_db()
    assert made.key.last_used_at is None
    api.get("/api/v1/scores/nps", headers={"authorization": f"Bearer {made.text}"})
    made.key.refresh_from_db()
    assert made.key.last_used_at is not None
