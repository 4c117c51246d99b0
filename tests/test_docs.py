"""The documents say what is true: every room is on the map, every word in the glossary, generated things are fresh."""

import ast
import re
from pathlib import Path

import pytest

from infra import openapi

ROOT = Path(__file__).parents[1]
BRIDGE = ROOT / "layers/bridge/python/bridge"
HEADINGS = ["Context", "Decision", "What we gave up", "Two-way door?"]


def _read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def _rooms() -> set[str]:
    """Every room there is, as the map names it."""
    inside = {
        f"bridge.{each.stem}" for each in BRIDGE.iterdir() if each.suffix == ".py" or (each / "__init__.py").exists()
    }
    doors = {f"functions/{each.name}" for each in (ROOT / "functions").iterdir() if any(each.glob("*.py"))}
    infra = {
        f"infra/{each.name}" for each in (ROOT / "infra").iterdir() if each.is_dir() and each.name != "__pycache__"
    }
    return (inside - {"bridge.__init__", "bridge.__pycache__"}) | doors | infra


def _on_the_map() -> set[str]:
    return set(re.findall(r"^\| `([^`]+)` \|", _read("README.md"), re.MULTILINE))


def test_the_map_names_every_room() -> None:
    assert _rooms() - _on_the_map() == set()


def test_every_room_on_the_map_exists() -> None:
    paths = {each: ROOT / each for each in _on_the_map() if not each.startswith("bridge.")}

    assert {each for each in _on_the_map() - paths.keys() if each not in _rooms()} == set()
    assert {each for each, path in paths.items() if not path.exists()} == set()


def test_the_two_commands_stand_before_anything_else_in_code() -> None:
    first = re.search(r"```\n(.*?)```", _read("README.md"), re.DOTALL)

    assert first is not None
    assert [line.split("#")[0].strip() for line in first[1].splitlines()] == ["make run", "make test"]


@pytest.mark.parametrize("room", ["ledger", "exports", "engagements"])
def test_the_glossary_names_every_public_class(room: str) -> None:
    named = set(re.findall(r"`([A-Za-z]+)`", _read("docs/glossary.md")))
    classes = {
        node.name
        for path in (BRIDGE / room).glob("*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    }

    assert classes - named == set()


def test_every_decision_has_its_four_headings_on_one_page() -> None:
    decisions = sorted((ROOT / "docs/decisions").glob("*.md"))
    numbers = [int(path.name[:4]) for path in decisions]

    assert numbers == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = path.read_text("utf-8")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS, path.name
        assert len(text.splitlines()) <= 60, path.name


def test_the_table_of_suites_names_every_suite_with_both_sizes() -> None:
    rows = re.findall(r"^\| `(tests/[^`]+)` \|(.+)\|$", _read("docs/testing.md"), re.MULTILINE)
    folders = (each for each in (ROOT / "tests").iterdir() if each.is_dir() and any(each.glob("test_*.py")))
    there = {f"tests/{each.name}" for each in folders}
    there |= {f"tests/{each.name}" for each in (ROOT / "tests").glob("test_*.py")}

    assert {name for name, _ in rows} == there
    assert [name for name, cells in rows if len([cell for cell in cells.split("|") if cell.strip()]) != 4] == []


def test_every_link_in_the_documents_leads_somewhere() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)#]+)", page.read_text("utf-8"))
        if not link.startswith("http") and not (page.parent / link).exists()
    ]

    assert broken == []


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", _read("Makefile"), re.MULTILINE))
    named = {
        target
        for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
        for target in re.findall(r"(?:^|`)make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE)
    }

    assert {"run", "test", "check", "bench", "synth", "golden", "openapi"} <= targets
    assert named - targets == set()


def test_the_changelog_has_its_form() -> None:
    text = _read("CHANGELOG.md")

    assert text.startswith("# Changelog\n")
    assert "\n## [Unreleased]\n" in text


def test_the_openapi_document_is_what_the_doors_say() -> None:
    assert _read("docs/openapi.json") == openapi.text(), "run: make openapi"


def _promises() -> list[tuple[str, str]]:
    """Each promise with what holds it."""
    return re.findall(r"^\| ((?:SB|SX|OP|SW)-\d\d) \| [^|]+ \| ([^|]+) \|$", _read("docs/promises.md"), re.MULTILINE)


def test_every_promise_is_in_the_table_once() -> None:
    counts = {"SB": 69, "SX": 19, "OP": 21, "SW": 22}

    assert [name for name, _ in _promises()] == [
        f"{family}-{number:02d}" for family, count in counts.items() for number in range(1, count + 1)
    ]


def test_every_promise_is_held_by_tests_that_exist_or_says_why_not() -> None:
    tests = {
        f"{path.relative_to(ROOT / 'tests').as_posix()}::{name}"
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    for promise, cell in _promises():
        named = set(re.findall(r"`([^`]+)`", cell))
        assert named <= tests, promise
        assert named or re.fullmatch(r"not yet \([^)]+\)|not applicable: .+", cell.strip()), promise


def test_every_event_of_the_bus_is_told_with_its_details() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (.+) \|$", _read("docs/events.md"), re.MULTILINE)
    told = {name: set(re.findall(r"`(\w+)`", details)) for name, details in rows}
    put = {
        node.args[0].value: {each.arg for each in node.keywords}
        for path in (BRIDGE / "flows").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "world.events.put"
        if isinstance(node.args[0], ast.Constant)
    }

    assert told == put
