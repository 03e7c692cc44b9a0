"""No file over 500 lines and no function over 50: what does not fit a head is cut."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.guards.tree import ours, said

MOST_LINES = 500
MOST_IN_A_FUNCTION = 50
WRITTEN = (".py", ".html", ".css", ".js", ".sql", ".md", ".toml", ".sh")


def long_files(paths: list[Path]) -> list[str]:
    counted = [(path, len(path.read_text().splitlines())) for path in paths]
    return [f"{said(path)}: {n} lines" for path, n in counted if n > MOST_LINES]


def long_functions(paths: list[Path]) -> list[str]:
    found = []
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                n = (node.end_lineno or node.lineno) - node.lineno + 1
                if n > MOST_IN_A_FUNCTION:
                    found.append(f"{said(path)}:{node.lineno} {node.name}: {n} lines")
    return found


def test_no_file_is_too_long():
    assert long_files(ours(*WRITTEN)) == []


def test_no_function_is_too_long():
    assert long_functions(ours(".py")) == []


def test_control_a_long_file_and_a_long_function_are_found(tmp_path):
    path = tmp_path / "long.py"
    path.write_text("def long():\n" + "    pass\n" * 600)
    assert long_files([path]) == ["long.py: 601 lines"]
    assert long_functions([path]) == ["long.py:1 long: 601 lines"]
