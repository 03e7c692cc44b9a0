"""XES: what is cut at its quotation marks is what the parser would read."""

import tempfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivencia.interactions.formats import Options, xes
from vivencia.interactions.formats.xes import XesReader
from vivencia.lib.errors import BadFile

LETTERS = st.text(st.sampled_from("abñ &<>'\"\n\t/="), max_size=5)
NAMES = st.sampled_from(["concept:name", "a", "b", "c d", ""])
BITS = st.sampled_from(
    ["", "\n  ", "<!-- <trace> -->", "<![CDATA[x]]>", "<?p <trace>?>", "x", "<other a='1'/>",
     "<trace>", "</trace>", "<event>", "</event>", "</log>", "<log>", "&amp;", "\x01"]
)  # fmt: skip


def attribute(tag, name, value, form):
    key, text = quoteattr(name), quoteattr(value)
    return form.format(tag=tag, key=key, value=text, raw=value)


ATTRIBUTES = st.builds(
    attribute, st.sampled_from(["string", "date", "int", "list", "x"]), NAMES, LETTERS,
    st.sampled_from(["<{tag} key={key} value={value}/>"] * 6 + [
        "<{tag}  key={key}\n value={value} />\r\n", "<{tag} value={value} key={key}/>",
        "<{tag} key={key} value={value}></{tag}>", "<{tag} key={key} value='{raw}'/>",
        '<{tag} key={key} value="{raw}"/>', "<{tag} key={key}><int key='n' value='1'/></{tag}>",
    ]),
)  # fmt: skip


def rarely(bits):
    return st.integers(0, 30).flatmap(lambda n: bits if n == 0 else st.just("\n"))


EVENTS = st.tuples(rarely(BITS), st.lists(ATTRIBUTES, max_size=3)).map(
    lambda it: f"<event>{it[0]}{''.join(it[1])}</event>"
)
TRACES = st.tuples(
    st.lists(ATTRIBUTES, max_size=2), st.lists(EVENTS, max_size=3), rarely(BITS)
).map(lambda it: f"<trace>{''.join(it[0])}{''.join(it[1])}</trace>{it[2]}")
HEADERS = st.sampled_from(
    ["<log>", '<?xml version="1.0"?>\n<log a="1">', "<log><!-- <trace> -->", "<x><log>",
     "\ufeff<log>",
     '<?xml version="1.0" encoding="UTF-8" ?><log><string key="k" value="v"/>', "<log><global>",
     "<!DOCTYPE log [<!ENTITY e 'x'>]><log>", '<?xml version="1.0" encoding="latin-1"?><log>', ""]
)  # fmt: skip


def heard(path):
    """Everything a reader of XES says, an error and its line among it."""
    reader = XesReader(path, Options())
    rows, error = [], ""
    try:
        for batch in reader:
            rows += zip(batch.rows, batch.numbers, batch.ranks, strict=True)
    except BadFile as bad:
        error = f"{bad.reason} {bad.en}"
    width = len(reader.columns)
    wide = [(row + (None,) * (width - len(row)), *rest) for row, *rest in rows]
    return ("", reader.columns, wide) if not error else (error, None, None)


@settings(deadline=None, max_examples=400)
@given(HEADERS, st.lists(TRACES, max_size=4), st.sampled_from(["</log>", "", "</log>\n", "<"]))
def test_xes_that_is_cut_reads_as_if_it_were_parsed(header, traces, end):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "a.xes"
        path.write_bytes((header + "".join(traces) + end).encode())
        patch.setattr(xes, "_BLOCK", 97)
        cut = heard(path)
        patch.setattr(xes, "may_begin", lambda _: False)
        assert heard(path) == cut


def test_plain_xes_is_cut(tmp_path, monkeypatch):
    """The control of the test above: of plain traces the parser sees nothing."""
    monkeypatch.setattr(xes._Events, "_enter", seen_by(parsed := [], xes._Events._enter))
    event = '<event><string key="a" value="1"/></event>'
    path = tmp_path / "a.xes"
    path.write_text(f"<log><trace>{event * 3}</trace>\n<trace><event></event></trace></log>")
    _, columns, rows = heard(path)
    assert (columns, [cells for cells, *_ in rows]) == (["a"], [("1",)] * 3 + [(None,)])
    assert parsed == ["log"]


def seen_by(seen, method):
    return lambda self, tag: (seen.append(tag), method(self, tag))[1]
