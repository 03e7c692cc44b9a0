"""Words blanked and people found by their age; the numbers of the log stay."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.conf import settings
from django.db import connection, transaction

from vivencia.interactions.models import Quarantined

AT_ONCE = 2_000  # rows of one transaction, so that no other writer waits long

_TEXTS = """SELECT t.seq FROM vault_texts t JOIN interactions l ON l.seq = t.seq
WHERE t.seq > %s AND l.happened_at < %s
    AND (t.text IS NOT NULL OR t.properties IS NOT NULL OR t.sender_id IS NOT NULL)
ORDER BY t.seq LIMIT %s"""
_BLANK_TEXTS = """UPDATE vault_texts SET text = NULL, properties = NULL, sender_id = NULL
WHERE seq IN (SELECT value FROM json_each(%s))"""
_JOURNEYS = """SELECT v.key FROM vault_values v
WHERE v.key > %s AND v.sort = 'journey' AND v.text IS NOT NULL
    AND v.key NOT IN (SELECT journey FROM interactions WHERE happened_at >= %s)
ORDER BY v.key LIMIT %s"""
_BLANK_JOURNEYS = """UPDATE vault_values SET text = NULL
WHERE key IN (SELECT value FROM json_each(%s))"""
_SILENT = """SELECT i.customer FROM identities i JOIN interactions l ON l.identity = i.key
WHERE i.customer > %s AND EXISTS
    (SELECT 1 FROM identities k WHERE k.customer = i.customer AND k.value IS NOT NULL)
GROUP BY i.customer HAVING max(l.happened_at) < %s ORDER BY i.customer LIMIT %s"""


def blank_words(before: int) -> int:
    """What was said before that moment (UTC ms), and names of journeys that ended before; how
    many of both."""
    texts = sum(_blank(_BLANK_TEXTS, keys) for keys in _pages(_TEXTS, before))
    return texts + sum(_blank(_BLANK_JOURNEYS, keys) for keys in _pages(_JOURNEYS, before))


def silent_customers(before: int, *, after: int, most: int) -> list[int]:
    """The next customers, past the number `after`, who are still known and of whom nothing was
    heard since that moment (UTC ms)."""
    with connection.cursor() as cursor:
        cursor.execute(_SILENT, [after, before, most])
        return [row[0] for row in cursor.fetchall()]


def drop_waiting(before: int) -> int:
    """What has waited in quarantine, and files on their way in, since before that moment (UTC
    ms); how many of both. That something was dropped, and why, stays."""
    old = Quarantined.objects.filter(received_at__lt=before).exclude(raw=b"", detail=None)
    old.filter(state="waiting").update(state="dropped")
    dropped = old.update(raw=b"", detail=None)
    for folder in (settings.DATA.uploads, settings.DATA.errors):
        for file in folder.glob("*"):
            if file.is_file() and file.stat().st_mtime * 1000 < before:
                file.unlink(missing_ok=True)
                dropped += 1
    return dropped


def _pages(select: str, before: int) -> Iterator[list[int]]:
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(select, [last, before, AT_ONCE])
            keys = [row[0] for row in cursor.fetchall()]
        if not keys:
            return
        yield keys
        last = keys[-1]


def _blank(update: str, keys: list[int]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(update, [json.dumps(keys)])
    return len(keys)
