from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.app import ROOT, template
from infra.layers import build_layers, find_compiler

Resources = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def stack() -> dict[str, Any]:
    """The template as the local stack gets it; a slow test shows that the deployed one says the same."""
    return template({})


@pytest.fixture(scope="session")
def resources(stack: dict[str, Any]) -> Callable[[str], Resources]:
    """The properties of all resources of a type, by logical id."""

    def of(kind: str) -> Resources:
        found = {name: one["Properties"] for name, one in stack["Resources"].items() if one["Type"] == kind}
        assert found, f"no resource of type {kind}"
        return found

    return of


@pytest.fixture(scope="session")
def statements(resources: Callable[[str], Resources]) -> dict[str, list[dict[str, Any]]]:
    """What each role allows, by the role's logical id."""
    roles = resources("AWS::IAM::Role")
    return {
        name: [line for policy in role["Policies"] for line in policy["PolicyDocument"]["Statement"]]
        for name, role in roles.items()
    }


@pytest.fixture(scope="session")
def workflows() -> dict[str, dict[str, Any]]:
    """The workflow definitions by name."""
    files = (ROOT / "infra" / "workflows").glob("*.asl.json")
    return {file.name.split(".")[0]: json.loads(file.read_text()) for file in files}


@pytest.fixture(scope="session")
def states(workflows: Mapping[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    """All states of each workflow by name, those inside maps and branches too."""

    def walk(machine: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, state in machine["States"].items():
            yield name, state
            for inner in [state["ItemProcessor"]] if "ItemProcessor" in state else state.get("Branches", []):
                yield from walk(inner)

    return {name: dict(walk(machine)) for name, machine in workflows.items()}


@pytest.fixture(scope="session")
def layers() -> dict[str, Path]:
    """The folders of the built layers, by name."""
    return build_layers(ROOT, find_compiler())
