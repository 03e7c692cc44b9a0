"""What waits in the quarantine is mended on one page, or tried again, and never lost."""

from __future__ import annotations

import pytest
from django.test import Client

from vivencia.interactions.intake import recent
from vivencia.interactions.models import Import, LogEntry, Quarantined
from vivencia.interactions.quarantine import actions, reading
from vivencia.lib.errors import NotFound
from vivencia.people.models import ApiKey, AuditEntry, User

pytestmark = pytest.mark.django_db
WRONG = '{"id": "w1", "kind": "call.ended", "happened_at": "yesterday"}'


@pytest.fixture
def manager() -> User:
    return User.objects.create(email="m@example.org", role="manager")


@pytest.fixture
def page(manager: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
    return client


def waits(raw: str = WRONG, reason: str = "bad_time", door: str = "interactions") -> Quarantined:
    key, _ = ApiKey.objects.get_or_create(name="shop", prefix="aaaaaaaa", mac="0", scopes="intake")
    return Quarantined.objects.create(
        raw=raw.encode(), reason=reason, door=door, api_key=key.pk, received_at=1_795_257_600_000
    )


def test_a_mended_item_is_stored_as_if_it_had_arrived_well(manager: User) -> None:
    row = waits()
    mended = WRONG.replace("yesterday", "2026-11-20T10:00:00Z")
    assert actions.mend(row.key, mended, manager).status == "stored"
    row.refresh_from_db()
    assert (row.state, bytes(row.raw)) == ("replayed", b"")
    assert LogEntry.objects.get().happened_at == 1_795_168_800_000
    assert AuditEntry.objects.filter(what="quarantine.mended").exists()
    with pytest.raises(NotFound):
        actions.mend(row.key, mended, manager)


@pytest.mark.parametrize("text", [WRONG, "{", "[]", "", "5", '[{"kind":"a"},{"kind":"b"}]', "\x00"])
def test_what_is_still_wrong_waits_on_as_it_came(manager: User, text: str) -> None:
    row = waits()
    assert actions.mend(row.key, text, manager).status == "quarantined"
    row.refresh_from_db()
    assert (row.state, bytes(row.raw).decode()) == ("waiting", WRONG)
    assert not LogEntry.objects.exists()


def test_everything_of_a_reason_is_tried_again(manager: User) -> None:
    for n in range(3):
        waits(f'{{"id": "p{n}", "kind": "call.ended"}}', "personal_data")
    waits(WRONG.replace("w1", "p9"), "personal_data")
    assert actions.replay("personal_data", manager) == {"stored": 3, "quarantined": 1}
    assert LogEntry.objects.count() == 3
    assert [(one.reason, one.n) for one in reading.waiting()] == [("personal_data", 1)]


def test_a_message_of_segments_is_mended_by_its_own_rules(manager: User) -> None:
    row = waits('{"type":"track","messageId":"m","event":"E"}', "missing_identity", "segment/batch")
    mended = '{"type":"track","messageId":"m","event":"E","userId":"u"}'
    assert actions.mend(row.key, mended, manager).status == "stored"


def test_a_conflict_waits_until_it_has_an_id_of_its_own(manager: User) -> None:
    waits('{"id": "c", "kind": "first"}')
    row = waits('{"id": "c", "kind": "second"}')
    assert actions.replay("bad_time", manager) == {"stored": 1, "quarantined": 1}
    assert actions.mend(row.key, '{"id": "c2", "kind": "second"}', manager).status == "stored"


def test_a_dropped_item_is_blanked(manager: User) -> None:
    row = waits()
    actions.drop(row.key, manager)
    row.refresh_from_db()
    assert (row.state, bytes(row.raw)) == ("dropped", b"")


def test_the_page_mends_and_keeps_what_was_typed(page: Client) -> None:
    row = waits('{"id": "<img src=x>", "kind": "k", "happened_at": "?"}')
    shown = page.get("/quarantine/?reason=bad_time").content.decode()
    assert "&lt;img src=x&gt;" in shown
    assert "<img src=x>" not in shown
    again = page.post(f"/quarantine/{row.key}/mend/", {"text": '{"kind": 5, "typed": true}'})
    assert again.status_code == 422
    assert "&quot;typed&quot;: true" in again.content.decode()
    done = page.post(f"/quarantine/{row.key}/mend/", {"text": '{"id": "x", "kind": "k"}'})
    assert done.status_code == 302
    assert LogEntry.objects.count() == 1


def test_a_row_of_a_file_leads_to_its_file(page: Client) -> None:
    came = Import.objects.create(
        uid=b"0" * 16, name="answers.csv", file_digest="", mapping="", mapping_digest="",
        lineage=b"0" * 16, started_at=0,
    )  # fmt: skip
    row = waits("a;b", "open_quote", "import:30")
    row.import_key, row.detail = came.pk, '{"row": 7, "column": "nps"}'
    row.save()
    shown = page.get("/quarantine/").content.decode()
    assert f'in row 7 of <a href="/imports/{came.pk}/">answers.csv</a>' in shown
    assert "A quotation mark is never closed." in shown
    assert "<code>nps</code>" in shown
    assert "Try them again" not in shown  # a file's rows are not what a door can read again


def test_replay_and_drop_from_the_page(page: Client) -> None:
    waits('{"id": "a", "kind": "k"}')
    row = waits()
    assert page.post("/quarantine/replay/", {"reason": "bad_time"}).status_code == 302
    assert page.post(f"/quarantine/{row.key}/drop/").status_code == 302
    assert reading.waiting() == []
    assert page.post(f"/quarantine/{row.key}/mend/", {"text": WRONG}).status_code == 302


def test_the_page_of_the_doors_shows_fates_and_how_to_send(page: Client) -> None:
    recent.remember(recent.Received(1_795_257_600_000, "shop", "<b>odd</b>", "stored"))
    recent.remember(recent.Received(1_795_257_600_001, "shop", "", "quarantined", "bad_time"))
    shown = page.get("/intake/").content.decode()
    assert "&lt;b&gt;odd&lt;/b&gt;" in shown
    assert "/api/v1/interactions" in shown
    assert "in quarantine" in shown


@pytest.mark.parametrize("path", ["/intake/", "/quarantine/"])
def test_agents_and_strangers_find_nothing(client: Client, path: str) -> None:
    assert client.get(path).status_code == 302
    agent = User.objects.create(email="a@example.org", role="agent")
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(path).status_code == 404
