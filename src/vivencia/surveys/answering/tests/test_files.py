"""S13: a file that comes with an answer is kept inert, opened only by right, and goes with it."""

from __future__ import annotations

import stat
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from vivencia.interactions.models import Identity
from vivencia.lib.clock import DAY_MS, now_ms
from vivencia.lib.limiter import Limiter
from vivencia.people.models import AuditEntry, Role, User
from vivencia.surveys import personal
from vivencia.surveys.answering import networks
from vivencia.surveys.answering.files import keeping, shelf
from vivencia.surveys.answering.sweep import sweep
from vivencia.surveys.answering.tests.kit import database, published
from vivencia.surveys.answering.tests.test_cleaning import GPS, SCRIPT, jpeg, pdf, png, segment
from vivencia.surveys.answering.tests.test_page import Browser
from vivencia.surveys.models import Attachment, Draft

pytestmark = pytest.mark.django_db

BROKEN_CARD: dict[str, Any] = {
    "format": 1,
    "languages": ["es", "en"],
    "title": {"es": "Su tarjeta", "en": "Your card"},
    "pages": [
        {
            "id": "p1",
            "elements": [
                {"id": "ease", "type": "ces", "title": {"es": "¿Fue fácil?", "en": "Was it easy?"},
                 "ends": {"low": {"es": "no", "en": "no"}, "high": {"es": "sí", "en": "yes"}}},
            ],
        },
        {
            "id": "p2",
            "elements": [
                {"id": "photo", "type": "file", "required": True,
                 "title": {"es": "Una foto de la tarjeta", "en": "A photo of the card"}},
                {"id": "why", "type": "text", "lines": 4,
                 "title": {"es": "¿Qué pasó?", "en": "What happened?"}},
            ],
        },
    ],
}  # fmt: skip
PHOTO = jpeg(segment(0xE1, GPS))


@pytest.fixture(autouse=True)
def emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "uploads", Limiter(1000, 600.0))
    monkeypatch.setattr(keeping.transaction, "on_commit", lambda job: job())  # a test never commits
    shelf.drop(settings.DATA, shelf.older_than(settings.DATA, now_ms() + DAY_MS))


def on_shelf() -> list[str]:
    return shelf.older_than(settings.DATA, now_ms() + DAY_MS)


def file(body: bytes, name: str = "foto.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, "image/jpeg")


def at_the_photo(**more: object) -> Browser:
    browser = Browser(published(BROKEN_CARD, slug="tarjeta"), **more)
    browser.get()
    browser.send(ease="2")
    assert 'enctype="multipart/form-data"' in browser.page
    return browser


def colleague(role: str) -> Client:
    person = User.objects.create(email=f"{role}@tienda.es", role=role)
    client = Client()
    client.force_login(person)
    return client


def test_s13_a_photo_is_kept_without_its_place_under_a_name_of_chance() -> None:
    done = at_the_photo().send(photo=file(PHOTO, "../../../etc/passwd.html"), why="Se partió")
    assert done.status_code == 200
    sent = Attachment.objects.get()
    path = settings.DATA.uploads / "answers" / sent.name
    assert b"GPSLatitude" in PHOTO, "the control: it was there"
    assert path.read_bytes() == jpeg()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == [sent.name]
    assert (sent.element, sent.sort, sent.size) == ("photo", "jpeg", len(jpeg()))
    log = database().execute("SELECT count(*) FROM interactions WHERE facts LIKE '%' || ? || '%'",
                             (sent.name,))  # fmt: skip
    assert log.fetchone() == (0,), "its name is in the vault only"


@pytest.mark.parametrize(("body", "said"), [
    (b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>", "Ese tipo de archivo"),
    (b"<!doctype html>" + SCRIPT, "Ese tipo de archivo"),
    (png() + b"\0" * keeping.LARGEST, "pasa de 5 MB"),
    (png(50_000, 50_000, pixels=b""), "demasiado grande para abrirla"),
    (pdf(b"<</S/JavaScript/JS(1)>>"), "lleva programas"),
    (PHOTO[:60], "dañado"),
], ids=["svg", "html", "large", "bomb", "pdf", "cut"])  # fmt: skip
def test_s13_what_is_not_kept_is_said_at_its_question_and_the_rest_stays(
    body: bytes, said: str
) -> None:
    browser = at_the_photo()
    refused = browser.send(photo=file(body), why="Se partió en dos")
    assert refused.status_code == 422
    assert said in browser.page
    assert 'aria-invalid="true"' in browser.page
    assert "Se partió en dos" in browser.page
    assert (on_shelf(), Attachment.objects.count()) == ([], 0)
    browser.send(photo=file(PHOTO), why="Se partió en dos")
    assert Attachment.objects.count() == 1
    assert Draft.objects.get().state == "finished"


def test_a_name_that_is_posted_instead_of_a_file_is_nobodys_file() -> None:
    at_the_photo().send(photo=file(PHOTO), why="")
    name = Attachment.objects.get().name
    other = Browser(published(BROKEN_CARD, slug="otra"))
    other.get()
    other.send(ease="2")
    assert other.send(photo=name, why="").status_code == 422
    assert "Falta responder" in other.page


def test_a_file_stays_until_another_takes_its_place() -> None:
    browser = at_the_photo()
    browser.send(photo=file(PHOTO), why="x" * 10_001)
    assert (Attachment.objects.count(), on_shelf()) == (0, []), "with a problem nothing is kept"
    path, page = browser.path, browser.page
    browser.send(photo=file(PHOTO), why="", wait_ms=4000, _mail="a machine")
    first = Attachment.objects.get().name
    assert Draft.objects.get().state == "open", "in doubt, so that it can be sent again"
    assert (path, bool(page)) == (browser.path, True)
    browser.send(photo=file(png()), why="")
    second = Attachment.objects.get()
    assert second.sort == "png"
    assert second.name != first
    assert on_shelf() == [second.name]


def test_s13_it_is_only_ever_downloaded_by_who_may_open_interactions() -> None:
    at_the_photo().send(photo=file(PHOTO), why="")
    name = Attachment.objects.get().name
    address = f"/answers/files/{name}"
    assert Client().get(address).status_code == 302
    assert colleague(Role.agent).get(address).status_code == 404
    answer = (reader := colleague(Role.analyst)).get(address)
    assert answer.content == jpeg()
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert AuditEntry.objects.filter(what="surveys.file_opened").count() == 1
    assert name in reader.get("/answers/files/").content.decode()
    for wrong in ("0" * 32, "..%2f..%2fsecret.key", "x"):
        assert reader.get(f"/answers/files/{wrong}").status_code == 404


def test_it_goes_with_the_person() -> None:
    key = Identity.objects.create(sort=1, digest=b"c-7", value="c-7", number=7, customer=77).pk
    at_the_photo(identity=key).send(photo=file(PHOTO), why="")
    assert [one["element"] for one in personal.held([key])["survey_files"]] == ["photo"]
    personal.erase([key])
    assert (on_shelf(), Attachment.objects.count()) == ([], 0)


def test_it_goes_with_a_draft_that_never_became_an_answer() -> None:
    survey = {**BROKEN_CARD, "pages": BROKEN_CARD["pages"][1:]}
    browser = Browser(published(survey, slug="sola"))
    browser.get()
    browser.send(photo=file(PHOTO), why="", _mail="a machine")
    assert len(on_shelf()) == 1
    sweep(now_ms() + 2 * DAY_MS)
    assert len(on_shelf()) == 1
    sweep(now_ms() + 40 * DAY_MS)
    assert len(on_shelf()) == 1  # a machine's, perhaps: somebody may still look at it
    sweep(now_ms() + 100 * DAY_MS)
    assert (on_shelf(), Attachment.objects.count()) == ([], 0)


def test_bytes_without_a_row_are_swept_after_a_day() -> None:
    shelf.put(settings.DATA, b"a transaction that never was")
    keeping.sweep(now_ms())
    assert len(on_shelf()) == 1
    keeping.sweep(now_ms() + 2 * DAY_MS)
    assert on_shelf() == []


def test_a_network_sends_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "uploads", Limiter(1, 600.0))
    browser = at_the_photo()
    browser.send(photo=file(b"no picture"), why="")
    assert browser.send(photo=file(PHOTO), why="").status_code == 429
