"""Everything we hold about one person, for them to take away: JSON, a readable page, their files.

Each room tells what it holds (personal.py, `held`). The archive is a zip of

    person.json     everything, in plain values, for a program
    person.html     the same for a person to read, in their language
    files/…         what they sent with their answers
"""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils import translation

from vivencia.interactions.personal import mentions_of
from vivencia.lib.clock import now_ms
from vivencia.people.actions import audit
from vivencia.people.models import AuditEntry, User
from vivencia.people.reading import organisation
from vivencia.shell.rights import person_words as words
from vivencia.shell.rights.rooms import ROOMS
from vivencia.surveys import personal as surveys

_SEEN = ("customers.book_opened", "customers.exported")


class Section(NamedTuple):
    """One kind of thing we hold, in words: for each item its fields and what they say."""

    title: str
    items: list[list[tuple[str, str]]]


def everything(keys: Collection[int], customer: int) -> dict[str, list[dict[str, Any]]]:
    """Section -> items, of every room, and when staff opened this person's book."""
    found: dict[str, list[dict[str, Any]]] = {}
    for room in reversed(ROOMS):
        found |= room.held(keys)
    seen = AuditEntry.objects.filter(thing=f"customer:{customer}", what__in=_SEEN).order_by("pk")
    mentions = mentions_of(keys)
    told = AuditEntry.objects.exclude(detail="").order_by("pk").iterator()
    found["audited"] = [
        {"what": one.what, "at": one.at, "detail": one.detail}
        for one in told
        if mentions.in_text(one.detail)
    ]
    found["accesses"] = [{"what": what, "at": at} for what, at in seen.values_list("what", "at")]
    return found


def take_away(
    keys: Collection[int], customer: int, language: str, actor: User | None = None
) -> bytes:
    """`archive`, and the audit trail keeps who took it."""
    packed = archive(keys, customer, language)
    audit(actor, "customers.exported", f"customer:{customer}")
    return packed


def archive(keys: Collection[int], customer: int, language: str) -> bytes:
    """The zip; the page in `language` ("es" or "en")."""
    held = everything(keys, customer)
    made_at = now_ms()
    told = {"organisation": organisation().name, "made_at": _moment(made_at), "data": held}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("person.json", json.dumps(told, ensure_ascii=False, indent=1, default=_plain))
        out.writestr("person.html", page(held, made_at, language))
        for name, body in surveys.attached(keys):
            out.writestr(f"files/{name}", body)
    return packed.getvalue()


def page(held: dict[str, list[dict[str, Any]]], made_at: int, language: str) -> str:
    """A page on its own, that needs nothing of anybody."""
    sections = [
        Section(words.section(name, language), [list(_fields(item, language)) for item in items])
        for name, items in held.items()
        if items
    ]
    context = {
        "language": language, "organisation": organisation().name, "sections": sections,
        "made_at": dt.datetime.fromtimestamp(made_at / 1000, dt.UTC),
    }  # fmt: skip
    with translation.override(language):
        return render_to_string("shell/rights/person_file.html", context)


def _fields(item: dict[str, Any], language: str) -> Iterator[tuple[str, str]]:
    for name, value in item.items():
        if value not in (None, "", [], {}):
            is_time = name == "at" or name.endswith("_at")
            said = _moment(value) if is_time and isinstance(value, int) else _said(value)
            yield words.field(name, language), said


def _said(value: Any) -> str:
    return (
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_plain)
    )


def _plain(value: Any) -> str:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)


def _moment(ms: int) -> str:
    """Minutes are enough for a person; UTC."""
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).isoformat(timespec="minutes")
