from __future__ import annotations

import httpx
import pytest

from bridge.problem import PROBLEMS
from infra.local.landing import PLACES, landing


def shown(path: str, language: str = "en") -> str:
    with httpx.Client(transport=httpx.WSGITransport(landing), base_url="http://here") as http:
        answer = http.get(path, headers={"accept-language": language})
    assert (answer.status_code, answer.headers["referrer-policy"]) == (200, "no-referrer")
    return answer.text


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("problem", sorted(PROBLEMS))
def test_every_problem_has_a_page_with_a_finished_sentence(problem: str, language: str) -> None:
    page = shown(f"/oauth/return?problem={problem}", language)
    assert f'lang="{language}"' in page
    assert "{" not in page.partition("<h1")[2]


@pytest.mark.parametrize("place", PLACES)
def test_a_login_that_went_well_says_so_wherever_it_ends(place: str) -> None:
    assert "Fortnox is connected" in shown(f"{place}?connected=1")


def test_what_the_address_says_is_never_repeated() -> None:
    assert "evil" not in shown("/oauth/return?problem=<b>evil</b>")
