"""Every text a person reads has its Spanish, and the catalogues are those of today's sources.

English is what stands in the code; each room's `locale/es/LC_MESSAGES/django.po` says it in
Spanish and its `.mo` is the same, compiled. Texts with context or plural are keyed as gettext
keys them.
"""

from __future__ import annotations

import ast
import gettext
import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guards.tree import ROOMS, modules, said

CATALOGUE = Path("locale/es/LC_MESSAGES/django.po")
Texts = dict[str, str]

if not shutil.which("xgettext"):
    pytest.skip("NOT RUN: gettext is not installed (apt install gettext)", allow_module_level=True)


def compiled(po: Path | bytes, every_number: bool = True) -> Texts:
    """What a catalogue says in the end: translated, not fuzzy; also proves that it compiles."""
    given = po.read_bytes() if isinstance(po, Path) else po
    command = ["msgfmt", "--check-format", "--output-file=-", "-"]
    done = subprocess.run(command, input=given, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return catalogue(done.stdout, every_number)


def catalogue(mo: bytes, every_number: bool = True) -> Texts:
    """Text by key; a text with plurals is there only if it is said for every number."""
    read = gettext.GNUTranslations(io.BytesIO(mo))  # the standard library's own reader
    numbers = {read.plural(n) for n in (0, 1, 2, 1_000_000)}  # Spanish has a form for millions
    forms: dict[str, dict[int, str]] = {}
    for key, text in read._catalog.items():
        name, number = key if isinstance(key, tuple) else (key, -1)
        forms.setdefault(name, {})[number] = text
    return {
        name: "\n".join(said[number] for number in sorted(said))
        for name, said in forms.items()
        if name
        and all(said.values())
        and (-1 in said or not every_number or numbers <= said.keys())
    }


def in_sources(room: Path, scratch: Path) -> Texts:
    """Every text of `room`'s Python and templates, saying itself."""
    copy = scratch / room.name
    shutil.copytree(room, copy, ignore=shutil.ignore_patterns("locale", "tests", "static"))
    (copy / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "-l", "es", "--no-location"]
    subprocess.run(command, cwd=copy, capture_output=True, check=True)
    found = copy / CATALOGUE
    if not found.exists():
        return {}
    spoken = subprocess.run(["msgen", found], capture_output=True, check=True)
    return compiled(spoken.stdout, every_number=False)  # English has two forms


def differences(room: Path, scratch: Path) -> list[str]:
    """Texts of `room` without Spanish, Spanish without text, and a .mo that is not its .po."""
    wanted = in_sources(room, scratch)
    po = room / CATALOGUE
    if not po.exists():
        return [f"{room.name} has no catalogue for {len(wanted)} texts"] if wanted else []
    there = compiled(po)
    found = [f"{room.name} without Spanish: {key!r}" for key in wanted if not there.get(key)]
    found += [f"{room.name} says no longer: {key!r}" for key in there if key not in wanted]
    mo = po.with_suffix(".mo")
    if not mo.exists() or catalogue(mo.read_bytes()) != there:
        found.append(f"{room.name}: its .mo is not its .po (make messages)")
    return found


def contradictions(catalogues: dict[str, Texts]) -> list[str]:
    """English texts that two rooms say differently in Spanish: Django would show only one."""
    seen: dict[str, tuple[str, str]] = {}
    found = []
    for room, texts in catalogues.items():
        for key, text in texts.items():
            other, before = seen.setdefault(key, (room, text))
            if before != text:
                found.append(f"{key!r}: {other} «{before}», {room} «{text}»")
    return found


def half_said(path: Path) -> list[str]:
    """Places of a Python file that give one language and not the other ({"en": …}, es=…)."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Dict):
            keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
        elif isinstance(node, ast.Call):
            keys = {keyword.arg for keyword in node.keywords}
        else:
            continue
        if len(keys & {"es", "en"}) == 1:
            found.append(f"{said(path)}:{node.lineno}")
    return found


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_everything_has_its_spanish(room, tmp_path):
    assert differences(room, tmp_path) == []


def test_rooms_do_not_contradict_each_other():
    paths = {room.name: room / CATALOGUE for room in ROOMS if (room / CATALOGUE).exists()}
    assert contradictions({name: compiled(path) for name, path in paths.items()}) == []


def test_modules_without_django_say_both_languages():
    assert [place for path in modules() for place in half_said(path)] == []


def test_control_a_text_without_spanish_is_noticed(tmp_path):
    room = tmp_path / "room"
    (room / "templates").mkdir(parents=True)
    (room / "templates" / "a.html").write_text('{% translate "Hello" %}')
    assert differences(room, tmp_path / "1") == ["room has no catalogue for 1 texts"]
    po = room / CATALOGUE
    po.parent.mkdir(parents=True)
    po.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
                  'msgid "Hello"\nmsgstr ""\n\nmsgid "Bye"\nmsgstr "Adiós"\n')  # fmt: skip
    assert differences(room, tmp_path / "2") == [
        "room without Spanish: 'Hello'",
        "room says no longer: 'Bye'",
        "room: its .mo is not its .po (make messages)",
    ]


def test_control_a_plural_that_lacks_a_form_is_noticed():
    """Of the three forms of Spanish the third is for most numbers: without it they are English."""
    rule = '"Plural-Forms: nplurals=3; plural=n==1 ? 0 : n!=0 && n%1000000==0 ? 1 : 2;\\n"\n'
    head = f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n{rule}\n'
    two = 'msgid "Day"\nmsgid_plural "Days"\nmsgstr[0] "Día"\nmsgstr[1] "Días"\n'
    assert compiled((head + two).encode()) == {}
    assert compiled((head + two + 'msgstr[2] "Días"\n').encode()).keys() == {"Day"}


def test_control_a_contradiction_and_a_half_said_text_are_noticed(tmp_path):
    assert contradictions({"a": {"Gap": "Espera"}, "b": {"Gap": "Hueco"}}) != []
    path = tmp_path / "half.py"
    path.write_text('TEXT = {"en": "Hello"}\nraise BadInput(es="No")\n')
    assert len(half_said(path)) == 2
