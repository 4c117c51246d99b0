import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import bridge

ROOM = Path(bridge.__file__).parent

Given = dict[str, list[frozenset[str]]]
"""Code -> the parameter names of each place in the source that gives it."""


@pytest.fixture(scope="session")
def given() -> Given:
    """What the source gives with each code it names outright; places that compute code or parameters are left out."""
    found: Given = {}
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                for code, params in _call(node):
                    found.setdefault(code, []).append(params)
    return found


def _call(node: ast.Call) -> Iterator[tuple[str, frozenset[str]]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    texts = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if name in {"refuse", "add", "write", "write_job"} and texts:
        keywords = [each.arg for each in node.keywords]
        if None not in keywords:
            yield texts[-1], frozenset(each for each in keywords if each)
    elif name in {"Problem", "Finding"} and texts:
        literal = [each for each in node.args if isinstance(each, ast.Dict)]
        if literal and all(isinstance(key, ast.Constant) for key in literal[0].keys):
            yield texts[0], frozenset(str(key.value) for key in literal[0].keys if isinstance(key, ast.Constant))
        elif name == "Problem" and len(node.args) == 1:
            yield texts[0], frozenset()
