"""A migration that takes something away says what made that safe; none can be left half done.

Whoever upgrades goes back, if need be, to the version before: it must still find what it reads.
So a column goes in two releases: one that no longer uses it (expand), one that drops it
(contract), with CONTRACT = "…" in the migration to say which release the first was.
"""

from __future__ import annotations

import ast
import re

from tests.guards.tree import ROOT

MIGRATIONS = sorted((ROOT / "src" / "vivencia").glob("*/migrations/[0-9]*.py"))
TAKES_AWAY = {
    "RemoveField", "DeleteModel", "RenameField", "RenameModel", "AlterModelTable",
    "AlterUniqueTogether",
}  # fmt: skip
STATEMENT = re.compile(
    r"\bDROP\s+(TABLE|COLUMN)\b|\bRENAME\s+(TO|COLUMN)\b|\bDELETE\s+FROM\b", re.IGNORECASE
)
UNDOING = {"reverse_sql", "reverse_code"}


def faults(text: str) -> list[str]:
    """What is wrong with a migration, in words."""
    tree = ast.parse(text)
    noted = any(
        isinstance(node, ast.Assign)
        and any(isinstance(name, ast.Name) and name.id == "CONTRACT" for name in node.targets)
        for node in tree.body
    )
    found = sorted(set() if noted else _taken_away(tree))
    if any(_is_piecemeal(node) for node in ast.walk(tree)):
        found.append("atomic = False: a kill would leave it half done")
    return found


def _taken_away(tree: ast.Module) -> set[str]:
    found = set()
    undoing = {id(part) for node in ast.walk(tree) for part in _backwards(node)}
    for node in ast.walk(tree):
        if id(node) in undoing:
            continue
        if isinstance(node, ast.Call) and _name(node.func) in TAKES_AWAY:
            found.add(f"{_name(node.func)} without CONTRACT")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= {f"{said.upper()} without CONTRACT" for said in _said(node.value)}
    return found


def _said(text: str) -> list[str]:
    return [match[0] for match in STATEMENT.finditer(text)]


def _backwards(node: ast.AST) -> list[ast.AST]:
    """What of a RunSQL is only carried out to undo it: its second argument."""
    if not (isinstance(node, ast.Call) and _name(node.func) == "RunSQL"):
        return []
    undoing = [*node.args[1:2], *(one.value for one in node.keywords if one.arg in UNDOING)]
    return [part for one in undoing for part in ast.walk(one)]


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_piecemeal(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Assign)
        and any(isinstance(name, ast.Name) and name.id == "atomic" for name in node.targets)
        and isinstance(node.value, ast.Constant)
        and node.value.value is False
    )


def test_none_takes_away_what_the_version_before_reads():
    found = {str(path.relative_to(ROOT)): faults(path.read_text()) for path in MIGRATIONS}
    assert len(found) > 20
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_control_what_takes_away_is_noticed_and_a_note_makes_it_good():
    for wrong in (
        "migrations.RemoveField('version', 'title')",
        "RenameField('a', 'b', 'c')",
        "migrations.RunSQL('ALTER TABLE a drop  column b', '')",
        "schema_editor.execute('ALTER TABLE a RENAME TO b')",
        "atomic = False",
    ):
        assert faults(wrong), wrong
    assert faults("CONTRACT = 'unused since 0.2'\nmigrations.DeleteModel('a')") == []
    assert faults("migrations.RunSQL('CREATE TABLE a (b)', 'DROP TABLE a')") == []
    assert faults("migrations.AddField('a', 'b', models.TextField(null=True))") == []
