"""Templates say everything through gettext, keep scripts and styles in files, and ask nobody."""

from __future__ import annotations

import re
from pathlib import Path

from tests.guards.tree import modules, ours, said, templates

# Names and marks that are the same in both languages.
SAME_IN_BOTH = re.compile(
    r"\b(Vivencia|NPS®?|CSAT|CES|CSV|XLSX|JSONL?|Parquet|SPSS|XES|API|HTTP|UTC|Segment|curl|URL|ID|"
    r"Español|English|POST|GET|Bearer|Content-Type|application/json|p90|KB|MB|GB|ms|px|n)\b"
)
NOT_SHOWN = [
    re.compile(r"{%\s*comment.*?%}.*?{%\s*endcomment\s*%}", re.DOTALL),
    re.compile(r"{%\s*blocktrans(?:late)?\b.*?%}.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL),
    re.compile(r"{#.*?#}"),
    re.compile(r"{%.*?%}", re.DOTALL),
    re.compile(r"{{.*?}}", re.DOTALL),
    re.compile(r"<!--.*?-->|<!doctype.*?>", re.DOTALL | re.IGNORECASE),
]
CODE = re.compile(r"<(pre|code|samp|kbd)\b.*?</\1>", re.DOTALL)
TAG = re.compile(r"<[^>]*>", re.DOTALL)
READ_ALOUD = re.compile(r'\b(?:alt|title|placeholder|aria-label|label|summary)="([^"]*)"')
WORD = re.compile(r"[^\W\d_]{2,}")
ENTITY = re.compile(r"&#?\w+;")

INLINE = re.compile(
    r"\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<style\b|<script(?![^>]*\bsrc=)[^>]*>|javascript:",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(
    r"""(?:\b(?:src|srcset|poster|action|formaction|data)\s*=\s*["']|url\(\s*["']?|@import\s*["']?
    |<link\b[^>]*\bhref\s*=\s*["']|fetch\(\s*["'`]|import\(\s*["'`]|\bfrom\s*["']
    |EventSource\(\s*["'`]|WebSocket\(\s*["'`]|sendBeacon\(\s*["'`])\s*(?:https?:)?//""",
    re.IGNORECASE | re.VERBOSE,
)


def blank(match: re.Match[str]) -> str:
    """As many lines as were taken out, so that line numbers stay true."""
    return " " + "\n" * match.group().count("\n")


def bare_texts(source: str) -> list[tuple[int, str]]:
    """(line, text) of what `source` shows without asking for its translation."""
    for pattern in NOT_SHOWN:
        source = pattern.sub(blank, source)
    source = CODE.sub(blank, source)
    spoken = [(source.count("\n", 0, m.start()) + 1, m[1]) for m in READ_ALOUD.finditer(source)]
    shown = list(enumerate(TAG.sub(blank, source).split("\n"), 1))
    cleaned = [(n, SAME_IN_BOTH.sub("", ENTITY.sub(" ", text))) for n, text in spoken + shown]
    return [(n, text.strip()) for n, text in cleaned if WORD.search(text)]


def matches(source: str, pattern: re.Pattern[str]) -> list[tuple[int, str]]:
    return [(source.count("\n", 0, m.start()) + 1, m.group()) for m in pattern.finditer(source)]


def listed(paths: list[Path], find) -> list[str]:
    return [f"{said(p)}:{line} {text}" for p in paths for line, text in find(p.read_text())]


def static() -> list[Path]:
    return [path for path in ours(".js", ".css", ".svg") if "/static/" in str(path)]


def test_every_text_goes_through_translate():
    assert listed(templates(), bare_texts) == []


def test_nothing_is_inline():
    pages = [path for path in templates() if path.suffix == ".html"]
    assert listed(pages, lambda source: matches(source, INLINE)) == []


def test_nobody_else_is_asked_for_anything():
    assert listed([*templates(), *static()], lambda source: matches(source, ELSEWHERE)) == []


def test_no_template_is_marked_safe():
    """`|safe` and `autoescape off` are how a customer's words become a script."""
    unsafe = re.compile(r"\|\s*safe(seq)?\b|autoescape\s+off")
    assert listed(templates(), lambda source: matches(source, unsafe)) == []


def test_only_constants_of_ours_are_marked_safe():
    unsafe = re.compile(r"\b(mark_safe|SafeString)\((?!.*# noqa: S308 - a constant)")
    assert listed(modules(), lambda source: matches(source, unsafe)) == []


def test_control_bare_text_is_noticed():
    page = '<h1>{% translate "Home" %}</h1>\n<p title="Bad">{{ name }}: sorry</p>\n<b>NPS®</b>'
    assert bare_texts(page) == [(2, "Bad"), (2, ": sorry")]


def test_control_inline_and_foreign_are_noticed():
    for bad in (
        '<p style="x">',
        "<a onclick='x'>",
        "<script>1</script>",
        '<a href="javascript:1">',
    ):
        assert matches(bad, INLINE), bad
    assert not matches('<script src="/static/a.js" defer></script>', INLINE)
    for bad in ('<img src="//cdn.example/x.png">', 'fetch("https://a.example")', "url(http://a)"):
        assert matches(bad, ELSEWHERE), bad
    assert not matches('<a href="https://example.org">', ELSEWHERE)


COPIES = re.compile(r'{% include "parts/copy\.html" with what="(\w+)"( number=)?')


def test_a_button_that_copies_finds_its_text_and_its_script() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in templates()}
    copying = {path: source for path, source in sources.items() if COPIES.search(source)}
    assert copying
    for path, source in copying.items():
        assert "vivencia/copy.js" in source, path
        for what, numbered in COPIES.findall(source):
            assert f'id="{what}{"{{" if numbered else chr(34)}' in source, (path, what)
