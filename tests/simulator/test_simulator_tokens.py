"""What can go wrong with tokens at Fortnox, brought about by the knobs."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from infra.local.fortnox import NoAnswer, Simulator
from infra.local.fortnox.knobs import Trouble
from infra.local.fortnox.model import Company
from tests.simulator.conftest import Api, Clock, Person

TOKEN = "/oauth-v1/token$"


def refreshed(person: Person, token: str) -> httpx.Response:
    return person.token(grant_type="refresh_token", refresh_token=token)


@pytest.mark.parametrize("ends", [False, True])
def test_a_second_use_of_a_refresh_token_is_refused_and_may_end_its_family(
    simulator: Simulator, person: Person, small: Company, *, ends: bool
) -> None:
    simulator.knobs.reuse_ends_family = ends
    first, other = (each.connect(small.number)["refresh_token"] for each in (person, Person(simulator)))
    second = refreshed(person, first).json()["refresh_token"]
    assert refreshed(person, first).json()["error"] == "invalid_grant"
    assert refreshed(person, second).status_code == (400 if ends else 200)
    assert refreshed(person, other).status_code == 200, "another consent is another family"


def test_a_slow_token_answer_comes_after_its_effect(
    simulator: Simulator, person: Person, small: Company, clock: Clock
) -> None:
    first = person.connect(small.number)["refresh_token"]
    simulator.knobs.troubles = [Trouble("slow_reply", path=TOKEN, seconds=90)]
    before = clock.now
    answer = refreshed(person, first)
    assert (answer.status_code, clock.now) == (200, before + 90)
    assert refreshed(person, first).status_code == 400


def test_a_lost_token_answer_has_used_the_refresh_token_up(
    simulator: Simulator, person: Person, small: Company
) -> None:
    first = person.connect(small.number)["refresh_token"]
    simulator.knobs.troubles = [Trouble("lost_reply", path=TOKEN)]
    with pytest.raises(NoAnswer):
        refreshed(person, first)
    assert refreshed(person, first).status_code == 400


@pytest.mark.parametrize(("kind", "status"), [("500", 500), ("503", 503), ("429", 429)])
def test_a_token_endpoint_in_trouble_uses_nothing_up(
    simulator: Simulator, person: Person, small: Company, kind: str, status: int
) -> None:
    first = person.connect(small.number)["refresh_token"]
    simulator.knobs.troubles = [Trouble(kind, path=TOKEN)]
    assert refreshed(person, first).status_code == status
    assert refreshed(person, first).status_code == 200


@pytest.mark.parametrize("ends", [False, True])
def test_a_consent_withdrawn_at_fortnox_gives_no_more_tokens_and_may_end_those_that_are_out(
    simulator: Simulator, person: Person, small: Company, *, ends: bool
) -> None:
    simulator.knobs.withdrawal_ends_access = ends
    api = Api(simulator, small.number, account_type="service")
    withdraw: Any = {"withdraw": [["demo-client", small.number]]}
    assert person.http.post("/_control", json=withdraw).status_code == 200
    assert api.get("companyinformation").status_code == (401 if ends else 200)
    assert refreshed(person, api.tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert person.token(small.number, grant_type="client_credentials").json()["error"] == "invalid_grant"


def test_calls_for_tokens_are_counted_by_their_grant(simulator: Simulator, person: Person, small: Company) -> None:
    tokens = person.connect(small.number, account_type="service")
    refreshed(person, tokens["refresh_token"])
    for _ in range(2):
        person.token(small.number, grant_type="client_credentials")
    asked = person.http.get("/_control/stats").json()["by_path"]
    grants = ("authorization_code", "refresh_token", "client_credentials")
    assert [asked[f"POST /oauth-v1/token {grant}"] for grant in grants] == [1, 1, 2]
    assert simulator.stats.requests == 0
