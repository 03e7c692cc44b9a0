"""Write into docs/ what the code already says: kinds, definitions, reasons, commands, rights.

A page holds generated tables between `<!-- made: NAME -->` and `<!-- /made -->`; the rest is
written by hand. `make docs` writes them; a guard compares. Only the record of processing needs
Django.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "vivencia"
DOCS = ROOT / "docs"
MADE = re.compile(r"<!-- made: (\w+) -->\n(.*?)<!-- /made -->", re.DOTALL)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    lines = [list(head), ["---"] * len(list(head)), *map(list, rows)]
    cells = [[cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in cells) + "\n"


def kinds() -> str:
    """Every declared kind, by name."""
    from vivencia.interactions.kinds import known

    for path in sorted(PACKAGE.glob("*/kinds.py")):
        importlib.import_module(f"vivencia.{path.parent.name}.kinds")
    return table(
        ("kind", "Spanish", "English", "in journeys"),
        (
            (
                f"`{kind.name}`",
                kind.sentence["es"],
                kind.sentence["en"],
                "yes" if kind.lived else "no",
            )
            for _, kind in sorted(known().items())
        ),
    )


def definitions() -> str:
    """Every score, with what it is computed from."""
    from vivencia.scores.definitions import DEFINITIONS

    return table(
        ("definition", "version", "scale", "is", "formula", "interval"),
        (
            (
                f"`{each.name}`",
                str(each.version),
                f"`{each.scale}`" if each.scale else "–",
                each.text["en"],
                each.formula["en"],
                each.interval["en"],
            )
            for each in DEFINITIONS.values()
        ),
    )


def scales() -> str:
    """The scales whose answers are checked at the door."""
    from vivencia.interactions.record import SCALES

    return table(
        ("scale", "lowest", "highest", "whole steps only"),
        (
            (f"`{name}`", str(low), str(high), "yes" if whole else "no")
            for name, (low, high, whole) in SCALES.items()
        ),
    )


def reasons() -> str:
    """Why an item is set aside instead of stored."""
    from vivencia.interactions.reasons import REASONS

    return table(
        ("reason", "Spanish", "English"),
        ((f"`{name}`", said["es"], said["en"]) for name, said in sorted(REASONS.items())),
    )


def refusals() -> str:
    """Why a whole request is refused."""
    from vivencia.interactions.intake.refusals import REFUSALS

    return table(
        ("reason", "status", "English"),
        (
            (f"`{name}`", str(refusal.status), refusal.en)
            for name, refusal in sorted(REFUSALS.items(), key=lambda pair: pair[1].status)
        ),
    )


def commands() -> str:
    """Every command with its options, read from its own parser, so whatever Python words it."""
    from vivencia.cli import Parser, _present

    told = []
    for command in _present():
        parser = Parser(prog=f"vivencia {command.name}")
        importlib.import_module(command.module).arguments(parser)
        told.append(f"### `vivencia {command.name}`\n\n{command.en[0].upper()}{command.en[1:]}.\n")
        rows = list(options_of(parser))
        told.append(table(("option", "does"), rows) if rows else "")
    return "\n".join(part for part in told if part)


def options_of(parser: argparse.ArgumentParser, prefix: str = "") -> Iterable[tuple[str, str]]:
    """(option, help) of a parser and of the commands inside it."""
    for action in parser._actions:  # argparse has no public way to list them
        inner = action.choices if isinstance(getattr(action, "choices", None), dict) else {}
        for name, child in inner.items():
            yield from options_of(child, f"{prefix}{name} ")
        if inner or "--help" in action.option_strings:
            continue
        if action.help == argparse.SUPPRESS:
            continue
        word = ", ".join(action.option_strings) or str(action.metavar or action.dest).upper()
        taught = parser._get_formatter()._expand_help(action) if action.help else ""
        yield f"`{prefix}{word}`", taught


def rights() -> str:
    """The policy table: who may do what."""
    from vivencia.people.policy import POLICY

    return table(
        ("action", "roles", "scope of a key"),
        (
            (
                f"`{action}`",
                ", ".join(sorted(rule.roles)) or "nobody",
                f"`{rule.scope}`" if rule.scope else "",
            )
            for action, rule in POLICY.items()
        ),
    )


def with_django() -> None:
    """Load the rooms, on data of nobody's, unless a test has loaded them already."""
    apps = importlib.import_module("django.apps").apps
    if not apps.ready:
        os.environ["VIVENCIA_DATA"] = tempfile.mkdtemp()
        os.environ["DJANGO_SETTINGS_MODULE"] = "vivencia.shell.settings"
        importlib.import_module("django").setup()


def processing() -> str:
    """What personal data is for, of customers and of staff, as the rooms declare it."""
    with_django()
    from vivencia.shell.rights.record import record

    rows = []
    for entry in record("en"):
        places = "; ".join(f"`{name}`: {columns}" for name, columns in entry.places)
        told = ", ".join(entry.classes), "; ".join(entry.retentions), places
        rows.append((entry.whose, entry.purpose, entry.basis, *told))
    return table(("whose", "what for", "ground", "class", "how long", "where"), rows)


def fields() -> str:
    """How each role sees each kind of field; the same in every department."""
    from vivencia.people.matrix import ROLES, sight
    from vivencia.people.policy import FIELDS
    from vivencia.people.policy_words import FIELDS as SAID

    return table(
        ("field", *ROLES),
        ((SAID[field][1], *(str(sight(role, field)) for role in ROLES)) for field in FIELDS),
    )


MAKERS: dict[str, Callable[[], str]] = {
    "kinds": kinds,
    "definitions": definitions,
    "scales": scales,
    "reasons": reasons,
    "refusals": refusals,
    "commands": commands,
    "rights": rights,
    "fields": fields,
    "processing": processing,
}


def renewed(page: str) -> str:
    """`page` with every generated part as the code says it today, in English."""
    os.environ["LANGUAGE"] = "en"
    return MADE.sub(lambda m: f"<!-- made: {m[1]} -->\n\n{MAKERS[m[1]]()}\n<!-- /made -->", page)


def pages() -> list[Path]:
    return [path for path in sorted(DOCS.rglob("*.md")) if MADE.search(path.read_text())]


def main() -> None:
    for path in pages():
        path.write_text(renewed(path.read_text()))


if __name__ == "__main__":
    main()
