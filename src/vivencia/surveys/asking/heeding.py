"""What answers teach about how to reach somebody: the channel they use, and the one they name."""

from __future__ import annotations

import json

from django.db import connection, transaction

from vivencia.customers.contact.actions import prefer
from vivencia.customers.contact.budget import note_answer
from vivencia.customers.contact.words import CHANNELS
from vivencia.interactions.models import Counter, LogEntry, Word
from vivencia.lib.clock import DAY_MS

MARK = "surveys.heeding"
NAMES_A_CHANNEL = ".channel"  # how the fact of a question about the preferred channel ends
_AT_ONCE = 5_000
_WORDED = {"whatsapp": "messaging", "sms": "messaging", "call": "phone", "mail": "email"}

_ANSWERED = """SELECT c.key, min(s.at)
FROM surveys_invitation i JOIN surveys_survey v ON v.key = i.survey_id AND NOT v.anonymous
JOIN contact_seats c ON c.key = i.seat AND c.answered_at IS NULL
JOIN surveys_spent s ON s.link_id = i.link
WHERE i.created_at > %s AND i.state = 'queued' GROUP BY c.key LIMIT 1000"""
_TOLD = """SELECT seq, identity, facts FROM interactions
WHERE seq > %s AND seq <= %s AND identity <> 0 AND facts IS NOT NULL
    AND kind IN (SELECT code FROM words WHERE field = 'kind' AND text = 'survey.answered')
ORDER BY seq"""


@transaction.atomic
def note_answers(now: int) -> int:
    """Say in the ledger which contacts were answered: what is learnt of channels comes of it."""
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERED, [now - 60 * DAY_MS])
        answered = cursor.fetchall()
    for seat, at in answered:
        note_answer(seat, at)
    return len(answered)


@transaction.atomic
def heed(now: int) -> int:
    """Take down the channels people named in their answers, once each; how many did."""
    mark = Counter.objects.filter(name=MARK).values_list("n", flat=True).first() or 0
    newest = LogEntry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    if mark >= newest:
        return 0
    named = 0
    questions = _questions()
    until = min(newest, mark + _AT_ONCE) if questions else newest
    if questions:
        with connection.cursor() as cursor:
            cursor.execute(_TOLD, [mark, until])
            told = cursor.fetchall()
        for _, identity, facts in told:
            channel = _channel(json.loads(facts), questions)
            if channel:
                prefer(identity, channel, "said")
                named += 1
    Counter.objects.update_or_create(name=MARK, defaults={"n": until})
    return named


def _questions() -> set[str]:
    """Codes of the facts that hold the answer to "by which channel would you rather …"."""
    facts = Word.objects.filter(field="fact.category", text__endswith=NAMES_A_CHANNEL)
    return {str(code) for code in facts.values_list("code", flat=True)}


def _channel(facts: dict[str, object], questions: set[str]) -> str:
    """The channel an answer names, in the words of the contact room; empty if none."""
    codes = [int(str(value)) for name, value in facts.items() if name in questions]
    text = Word.objects.filter(code__in=codes).values_list("text", flat=True).first() or ""
    channel = _WORDED.get(text, text)
    return channel if channel in CHANNELS else ""
