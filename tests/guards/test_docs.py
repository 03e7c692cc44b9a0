"""What the documentation says is what the code does: settings, kinds, scores, commands, paths."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.docs import DOCS, MAKERS, pages, renewed
from tests.guards.tree import PACKAGE, ROOT, modules, said

SETTING = re.compile(r"\bVIVENCIA_[A-Z]+(?:_[A-Z]+)*\b")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")
PATH = re.compile(r"`((?:src|docs|tests|scripts|bench)/[\w./-]+)`")
# Between two processes of ours.
NOT_FOR_USERS = {"VIVENCIA_TEST_REPORT", "VIVENCIA_FIRST_LINK"}
WRITTEN = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]


def settings_in(paths: list[Path]) -> set[str]:
    return {name for path in paths for name in SETTING.findall(path.read_text())} - NOT_FOR_USERS


def broken_links(page: str, folder: Path) -> list[str]:
    return [link for link in LINK.findall(page) if not (folder / link).exists()]


def missing_paths(page: str) -> list[str]:
    """Files and folders a page names that are not there (`<room>` and `*` stand for any)."""
    return [path for path in PATH.findall(page) if not (ROOT / path.rstrip(".")).exists()]


def test_every_setting_is_documented_and_every_documented_one_exists():
    assert settings_in(modules()) == settings_in([DOCS / "settings.md"])


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_generated_tables_say_what_the_code_says(page):
    assert page.read_text() == renewed(page.read_text()), "run `make docs`"


def test_everything_that_can_be_generated_is_in_some_page():
    told = set(re.findall(r"<!-- made: (\w+) -->", "".join(p.read_text() for p in pages())))
    assert told == MAKERS.keys()


def test_every_option_of_every_command_is_explained():
    assert re.findall(r"^\| `[^|]+` \|\s*\|$", MAKERS["commands"](), re.MULTILINE) == []


@pytest.mark.parametrize("page", WRITTEN, ids=said)
def test_links_and_paths_lead_somewhere(page):
    text = page.read_text()
    assert broken_links(text, page.parent) == []
    assert missing_paths(text) == []


@pytest.mark.parametrize("readme", ["README.md", "README.es.md"])
def test_every_page_is_found_from_the_readme(readme):
    led_to = set(LINK.findall((ROOT / readme).read_text()))
    assert [said(page) for page in DOCS.glob("*.md") if said(page) not in led_to] == []


def test_every_room_is_in_the_architecture():
    told = (DOCS / "architecture.md").read_text()
    rooms = [path.parent.name for path in PACKAGE.glob("*/__init__.py")]
    assert [room for room in rooms if f"`{room}`" not in told] == []


def test_control_an_undocumented_setting_a_stale_table_and_a_dead_link_are_noticed(tmp_path):
    module = tmp_path / "module.py"
    module.write_text('os.environ["VIVENCIA_NEW"]')
    assert settings_in([module]) - settings_in([DOCS / "settings.md"]) == {"VIVENCIA_NEW"}
    stale = "<!-- made: scales -->\n\n| nothing |\n\n<!-- /made -->"
    assert renewed(stale) != stale
    assert broken_links("see [this](nowhere.md)", DOCS) == ["nowhere.md"]
    assert missing_paths("`src/vivencia/nowhere.py`") == ["src/vivencia/nowhere.py"]
