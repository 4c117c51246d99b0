"""The rules of the house that no other tool holds: sizes, doors, names, room signs, and nothing of one machine in the tree."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.entries import ENTRIES

ROOT = Path(__file__).parents[1]
BRIDGE = ROOT / "layers/bridge/python/bridge"
FUNCTIONS = ROOT / "functions"
ROOTS = ("functions", "infra", "layers/bridge/python", "tests", "bench")

FILE_LINES, FUNCTION_LINES, ENTRY_LINES = 400, 40, 15

VAGUE = re.compile(r"(Manager|Helper|Util)s?$|^_?(process|handle|manage)_|^_?(utils|helpers|misc|common)$")
GIVEN_NAMES = {"handle_starttag", "handle_endtag", "handle_data", "handle_request"}
"""Methods that the standard library and httpx call by these names."""

DOOR_IMPORTS = {"aws_lambda_powertools", "pydantic", "bridge", "__future__", "typing", "http", "collections"}


def _sources() -> list[Path]:
    """Every Python file of ours; what is built or installed is not."""
    found = (path for root in ROOTS for path in (ROOT / root).rglob("*.py"))
    return sorted(path for path in found if not {"build", "cdk.out", "__pycache__"} & set(path.parts))


SOURCES = _sources()
TREES: dict[Path, ast.Module] = {path: ast.parse(path.read_text("utf-8"), str(path)) for path in SOURCES}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _tracked() -> list[Path]:
    """Every text file that is or will be in the repository."""
    git = shutil.which("git") or pytest.skip("git is not installed")
    asked = [git, "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - git, and nothing of anyone else's
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for path in map(ROOT.joinpath, listed.stdout.splitlines()) if path.is_file()]


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {_name(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}

    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    long = {
        f"{_name(path)}:{node.lineno} {node.name}": _lines(node)
        for path, tree in TREES.items()
        for node in _functions(tree)
        if _lines(node) > FUNCTION_LINES
    }

    assert long == {}


def test_no_door_entry_is_longer_than_15_lines() -> None:
    long = {
        f"{_name(path)} {node.name}": _lines(node)
        for path, tree in TREES.items()
        if path.is_relative_to(FUNCTIONS)
        for node in _functions(tree)
        if _lines(node) > ENTRY_LINES
    }

    assert long == {}


def test_doors_import_the_house_and_nothing_that_does_work() -> None:
    found = {
        _name(path): sorted({each.split(".")[0] for each in _imports(tree)} - DOOR_IMPORTS)
        for path, tree in TREES.items()
        if path.is_relative_to(FUNCTIONS)
    }

    assert {name: imports for name, imports in found.items() if imports} == {}


def test_no_module_of_a_door_is_named_like_one_of_the_standard_library() -> None:
    assert [_name(path) for path in FUNCTIONS.rglob("*.py") if path.stem in sys.stdlib_module_names] == []


def test_every_entry_of_the_table_is_a_function_of_its_door() -> None:
    missing = [
        f"{entry.name}: functions/{entry.door}/{entry.module}.py has no {entry.function}"
        for entry in ENTRIES
        if entry.function not in _door_functions(entry.door, entry.module)
    ]

    assert missing == []


def test_every_module_of_a_door_and_every_task_is_in_the_table() -> None:
    named = {(entry.door, entry.module, entry.function) for entry in ENTRIES}
    modules = {(door, module) for door, module, _ in named}
    orphans = [
        f"{_name(path)} {function}"
        for path in sorted(FUNCTIONS.rglob("*.py"))
        for function in _door_functions(path.parent.name, path.stem)
        if (path.parent.name, path.stem, function) not in named
        and (path.stem == "tasks" or (path.parent.name, path.stem) not in modules)
    ]

    assert orphans == []


def test_names_of_entries_and_routes_are_used_once() -> None:
    names = [entry.name for entry in ENTRIES]
    routes = [route for entry in ENTRIES for route in (*entry.routes, *entry.open_routes)]

    assert len(set(names)) == len(names)
    assert len(set(routes)) == len(routes)


def test_every_workflow_state_of_the_table_is_in_its_workflow_and_the_other_way_round() -> None:
    for workflow in {entry.workflow for entry in ENTRIES if entry.workflow}:
        text = (ROOT / f"infra/workflows/{workflow}.asl.json").read_text("utf-8")
        used = set(re.findall(r"\$\{(\w+)\}", text))

        assert used == {entry.name for entry in ENTRIES if entry.workflow == workflow}


def test_every_error_a_workflow_catches_is_one_of_ours_or_of_the_platform() -> None:
    ours = {node.name for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    caught = {
        error
        for path in (ROOT / "infra/workflows").glob("*.asl.json")
        for group in re.findall(r'"ErrorEquals":\s*\[([^\]]*)\]', path.read_text("utf-8"))
        for error in re.findall(r'"([^"]+)"', group)
    }

    assert {each for each in caught if "." not in each} - ours == set()


def test_nothing_imports_a_door() -> None:
    assert [
        _name(path) for path, tree in TREES.items() if any(each.startswith("functions") for each in _imports(tree))
    ] == []


def test_imports_only_point_inward() -> None:
    linter = Path(sys.executable).with_name("lint-imports")  # in this process it would silence every logger
    told = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own tool
    assert told.returncode == 0, told.stdout


def test_nothing_has_a_name_that_says_nothing() -> None:
    names = [
        f"{_name(path)} {node.name}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and VAGUE.search(node.name) and node.name not in GIVEN_NAMES
    ]

    assert names + [_name(path) for path in SOURCES if VAGUE.search(path.stem)] == []


def test_every_package_has_a_room_sign() -> None:
    signs = {_name(path): ast.get_docstring(tree) for path, tree in TREES.items() if path.name == "__init__.py"}

    assert [name for name, sign in signs.items() if not sign] == []


def test_every_exception_of_the_house_says_its_sentence() -> None:
    mute = [
        f"{_name(path)} {node.name}"
        for path, tree in TREES.items()
        if path.is_relative_to(BRIDGE)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not ast.get_docstring(node)
    ]

    assert mute == []


@pytest.mark.parametrize("rule", ["noqa", "type: ignore", "pragma: no cover"])
def test_every_exception_from_a_rule_gives_its_reason(rule: str) -> None:
    pattern = re.compile(rf"#\s*{rule}\b(?P<codes>[^#]*)(?P<more>#.*)?$")
    bare = [
        f"{_name(path)}:{number}"
        for path in SOURCES
        if path != Path(__file__)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for match in [pattern.search(line)]
        if match and not _gives_a_reason(match)
    ]

    assert bare == []


def _gives_a_reason(match: re.Match[str]) -> bool:
    return (
        any(each in match["codes"] for each in (" - ", " ("))
        or bool(match["more"])
        or '"""' in match["codes"]
        or "D102" in match["codes"]
    )


def test_no_work_is_left_in_a_comment() -> None:
    words = re.compile(r"#.*\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")) + r")\b")
    left = [
        f"{_name(path)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if words.search(line)
    ]

    assert left == []


def test_nothing_in_the_tree_is_of_one_machine() -> None:
    needles = [f"/{each}/" for each in ("work", "tmp", "farm", "root")] + [".lib" + "rary"]
    hosts = re.compile(
        r'registry = "https?://|"resolved": "https?://|^--?(extra-)?index-url|^--?find-links', re.MULTILINE
    )
    found = [
        f"{_name(path)}: {each}"
        for path, text in _texts()
        for each in (*(needle for needle in needles if needle in text), *(match[0] for match in hosts.finditer(text)))
    ]

    assert found == []


def _texts() -> Iterator[tuple[Path, str]]:
    for path in _tracked():
        try:
            yield path, path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


def test_every_ignored_rule_of_ruff_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    ignored = tomllib.loads(text)["tool"]["ruff"]["lint"]["ignore"]
    lines = {rule: next(line for line in text.splitlines() if f'"{rule}"' in line) for rule in ignored}

    assert [rule for rule, line in lines.items() if "#" not in line] == []


def test_the_command_line_of_the_project_is_installed_under_its_name() -> None:
    scripts: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]

    assert scripts == {"fortnox-bridge": "infra.cli.main:main"}


def _door_functions(door: str, module: str) -> set[str]:
    path = FUNCTIONS / door / f"{module}.py"
    if not path.is_file():
        return set()
    return {
        node.name for node in TREES[path].body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }
