"""The cells of a table as HTML.

A page may show hundreds of them, each of a few words, so they are put together here: a template of
a cell took forty microseconds to read what there is in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from vivencia.lib.tables import Cell, Header
from vivencia.shell import wording
from vivencia.shell.marks import mark

FEELINGS = {"joy": "up", "apathy": "level", "disap": "down"}  # tone -> mark


def row(headers: Sequence[Header], shown: Sequence[Cell]) -> SafeString:
    """The cells of one row, each under its header; the first names the row."""
    pairs = enumerate(zip(headers, shown, strict=True))
    cells = ((_cell(header, one, first=n == 0),) for n, (header, one) in pairs)
    return format_html_join("", "{}", cells)


def _cell(header: Header, shown: Cell, *, first: bool) -> SafeString:
    numeric, inside = header.column.numeric, _inside(shown)
    if first:
        return format_html(
            '<th scope="row" class="num">{}</th>' if numeric else '<th scope="row">{}</th>', inside
        )
    quiet = shown.tone if shown.tone in ("soft", "quiet") else ""
    words = " ".join(filter(None, ("num" * numeric, "full" * shown.full, quiet)))
    name = header.column.name
    if not words:
        return format_html('<td data-k="{}">{}</td>', name, inside)
    return format_html('<td class="{}" data-k="{}">{}</td>', words, name, inside)


def _inside(shown: Cell) -> SafeString:
    text = shown.text
    if shown.url:
        return format_html('<a href="{}">{}</a>', shown.url, text)
    if feeling := FEELINGS.get(shown.tone):
        return format_html('<span class="feel f-{}">{}{}</span>', shown.tone, mark(feeling), text)
    if shown.verdict:
        return verdict(shown.verdict)
    if shown.title:
        return format_html('<span title="{}">{}</span>', shown.title, text)
    return conditional_escape(text)


def verdict(name: str) -> SafeString:
    """A chip told apart by word, mark and outline; colour only helps."""
    said = wording.VERDICTS[name]
    drawn = mark(said.mark)
    return format_html('<span class="verdict {}">{}{}</span>', said.style, drawn, said.word)
