import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bridge
from bridge.appendices.causes import Cause
from bridge.edge.connecting import NEEDED, NEVER
from bridge.exports.entry import EntryStatus
from bridge.exports.item import State
from bridge.jobs.job import Status
from bridge.messages import catalogue
from bridge.problem import PROBLEMS, Severity
from bridge.sie.findings import SEVERITIES
from bridge.tokens import capability, standing
from bridge.tokens.activation import LinkStatus
from bridge.tokens.connection import Mode

ELSEWHERE = {
    "subledgers-missing",
    "subledger-difference",
    "cash-method-cut-off",
    "settlement-undated",
    "read-back-differs",
}
"""Findings that are not of a file or a ledger: their severities stand where they are made."""

IMPLIED = {"count", "who", "problem", "line"}
"""Parameters that are not given with the code but by whoever shows it."""


def _flat(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{path}/{key}")
        else:
            yield f"{path}/{key}", value


def _codes(section: str) -> set[str]:
    return {key.removesuffix("_one").removesuffix("_other") for key in catalogue.read("sv")[section]}


def test_swedish_and_english_have_the_same_keys_and_the_same_parameters() -> None:
    sv, en = dict(_flat(catalogue.read("sv"))), dict(_flat(catalogue.read("en")))

    assert sv.keys() == en.keys()
    assert {key: catalogue.params_of(value) for key, value in sv.items()} == {
        key: catalogue.params_of(value) for key, value in en.items()
    }


def test_every_problem_has_a_title_and_a_detail_and_no_text_is_left_over() -> None:
    assert _codes("problems") == PROBLEMS.keys()
    assert all(each.keys() == {"title", "detail"} for each in catalogue.read("sv")["problems"].values())


def test_every_finding_has_a_text_and_no_text_is_left_over() -> None:
    assert _codes("findings") == SEVERITIES.keys() | ELSEWHERE


def test_every_line_of_the_log_has_a_text_and_no_text_is_left_over() -> None:
    source = "\n".join(path.read_text("utf-8") for path in Path(bridge.__file__).parent.joinpath("flows").glob("*.py"))
    started = {"import-started", "export-started"}

    assert {code for code in _codes("activity") - started if f'"{code}"' not in source} == set()


def test_every_state_has_a_word() -> None:
    states = catalogue.read("sv")["states"]

    assert states["job"].keys() == {each.value for each in Status}
    assert states["item"].keys() == {each.value for each in State}
    assert states["entry"].keys() == {each.value for each in EntryStatus}
    assert states["severity"].keys() == {each.value for each in Severity}
    assert states["cause"].keys() == states["advice"].keys() == {each.value for each in Cause}
    assert states["connection"].keys() == {*(each.value for each in standing.Status), "lasting"}
    assert states["export"].keys() == {each.value for each in standing.Hindrance if each}
    assert states["mode"].keys() == {each.value for each in Mode}
    assert states["capability"].keys() == {each.value for each in capability.Capability}
    assert states["answer"].keys() == {each.value for each in capability.Answer}
    assert states["link"].keys() == {each.value for each in LinkStatus}


def test_every_part_of_the_work_is_told_in_plain_words_to_whoever_is_invited() -> None:
    told, parts = catalogue.read("sv")["activation"], {each.value for each in capability.Capability}

    assert told["reads"].keys() == told["writes"].keys() == parts
    assert told["needs"].keys() == parts | set(NEEDED)
    assert told["never"].keys() == set(NEVER)


def test_every_scope_and_what_it_opens_has_a_word() -> None:
    scopes = {capability.COMPANY, *(each for scopes in capability.SCOPES.values() for each in scopes)}

    assert scopes - catalogue.read("sv")["words"]["scope"].keys() == set()
    assert scopes - catalogue.read("sv")["words"]["what"].keys() == set()


def test_a_title_is_the_same_for_every_occurrence() -> None:
    titles = [each["title"] for language in ("sv", "en") for each in catalogue.read(language)["problems"].values()]

    assert [each for each in titles if "{" in each or each.endswith(".")] == []


@pytest.mark.parametrize("section", ["problems", "findings", "activity"])
def test_no_text_asks_for_a_parameter_that_the_source_does_not_give(
    section: str, given: dict[str, list[frozenset[str]]]
) -> None:
    texts = catalogue.read("sv")[section]
    missing = {
        code: sorted(asked - params - IMPLIED)
        for key, each in texts.items()
        for code in [key.removesuffix("_one").removesuffix("_other")]
        for asked in [catalogue.params_of(json.dumps(each, ensure_ascii=False))]
        for params in given.get(code, [])
        if asked - params - IMPLIED
    }

    assert missing == {}


def test_texts_follow_the_rules_of_the_house() -> None:
    texts = [value for language in ("sv", "en") for _, value in _flat(catalogue.read(language))]

    assert [each for each in texts if any(word in each.lower() for word in ("tyvärr", "oops", "sorry", "please"))] == []
    assert [each for each in texts if each != each.strip() or "  " in each] == []
