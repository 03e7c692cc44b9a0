"""The audit trail is read in words: every code the rooms leave has its own."""

from __future__ import annotations

import re
from pathlib import Path

from vivencia.people import doings, things

PACKAGE = Path(doings.__file__).parent.parent
AUDITED = re.compile(r"""\baudit\(\s*[^"']*?["']([a-z_]+\.[a-z_]+)["']""")

THING = re.compile(r"""\baudit\(\s*[^"']*?["'][a-z_]+\.[a-z_]+["'],\s*f?["']([a-z_]+)[:"' ]""")


def codes() -> set[str]:
    files = [path for path in PACKAGE.rglob("*.py") if "tests" not in path.parts]
    return {code for path in files for code in AUDITED.findall(path.read_text())}


def test_every_code_of_the_trail_has_its_words() -> None:
    found = codes()
    assert len(found) > 30  # or the search above no longer finds them
    assert found - doings.DOINGS.keys() == set()


def test_a_code_is_said_in_both_languages_and_an_unknown_one_as_it_is() -> None:
    assert doings.done("keys.created", "es-ES") == "Creó una clave de la API"
    assert doings.done("keys.created", "en") == "Created an API key"
    assert doings.done("nothing.known", "es") == "nothing.known"
    assert doings.result("throttled", "es") != "throttled"


def test_every_thing_of_the_trail_has_its_words() -> None:
    files = [path for path in PACKAGE.rglob("*.py") if "tests" not in path.parts]
    found = {sort for path in files for sort in THING.findall(path.read_text())}
    assert len(found) > 20  # or the search above no longer finds them
    assert found - things.THINGS.keys() - things.ALONE.keys() == set()


def test_a_thing_is_said_by_its_name_or_by_its_key() -> None:
    assert things.named("user:3", {"user:3": "Ana"}, "es-ES") == "persona Ana"
    assert things.named("survey:nps-basico csv", {}, "en") == "survey nps-basico csv"
    assert things.named("organisation", {}, "es") == "la organización"
    assert things.named("nothing:7", {}, "en") == "nothing:7"
