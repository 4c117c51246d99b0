from collections.abc import Callable
from typing import Any

import httpx
import pytest

from infra.cli import progress
from infra.cli.api import Api, ApiProblem
from infra.cli.exits import Exit, of_problem
from tests.cli.conftest import Answers, Script

Scripted = Callable[[Answers], tuple[Api, Script]]

STEP = {"id": "1-company", "status": "succeeded", "done": 1, "total": 1}


def job(status: str, **more: Any) -> dict[str, Any]:
    return {"id": "imp_1", "status": status, "steps": [STEP], "problem": None, **more}


def test_a_job_is_looked_at_until_it_has_ended(scripted: Scripted) -> None:
    api, script = scripted(
        {
            "POST /engagements/eng_1/imports": httpx.Response(202, json={"id": "imp_1"}),
            "GET /engagements/eng_1/imports/imp_1": [job("queued"), job("running"), job("succeeded")],
        }
    )
    seen: list[str] = []

    done = api.engagement("eng_1").run("imports", {"years": []}, "key-1", lambda each: seen.append(each["status"]))

    assert done["status"] == "succeeded"
    assert seen == ["queued", "running", "succeeded"]
    assert script.asked[0].headers["idempotency-key"] == "key-1"
    assert script.asked[0].headers["authorization"] == "Bearer token"


def test_a_failed_job_is_its_problem(scripted: Scripted) -> None:
    problem = {"code": "sie-unbalanced", "title": "A voucher does not balance", "detail": "KF 3."}
    api, _ = scripted({"GET /engagements/e/imports/imp_1": job("failed", problem=problem)})

    with pytest.raises(ApiProblem, match=r"A voucher does not balance\. KF 3\.") as raised:
        api.engagement("e").wait("imports", "imp_1", lambda _job: None)
    assert raised.value.code == "sie-unbalanced"


def test_a_problem_tells_every_field_that_is_wrong(scripted: Scripted) -> None:
    problem = {
        "code": "invalid-request",
        "title": "Something in the form needs correcting",
        "detail": "",
        "errors": [{"pointer": "/name", "code": "invalid-value", "detail": "The field must be filled in."}],
    }
    api, _ = scripted({"POST /engagements": httpx.Response(422, json=problem)})

    with pytest.raises(ApiProblem) as raised:
        api.post("/engagements", {})
    assert raised.value.lines[1] == "/name The field must be filled in."


@pytest.mark.parametrize("answer", [httpx.Response(502, text="<html>"), httpx.Response(401, json={"message": "no"})])
def test_an_answer_that_is_no_problem_is_still_told(scripted: Scripted, answer: httpx.Response) -> None:
    api, _ = scripted({"GET /engagements": answer})

    with pytest.raises(ApiProblem, match=f"GET /api/v1/engagements: {answer.status_code}"):
        api.get("/engagements")


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("connection-expired", Exit.CONNECTION_NEEDED),
        ("fortnox-unavailable", Exit.FORTNOX_UNAVAILABLE),
        ("sie-unbalanced", Exit.FINDINGS),
    ],
)
def test_a_problem_has_its_exit_code(code: str, number: Exit) -> None:
    assert of_problem(code) == number


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ("2-fetch-2025-12-31", "Fetching the books 2025-12-31"),
        ("3-read-back", "Reading back"),
        ("6-publish", "Publishing"),
        ("9-from-later", "step.from-later"),
    ],
)
def test_a_step_has_a_name(step: str, name: str) -> None:
    assert progress.name(step, "en") == name
