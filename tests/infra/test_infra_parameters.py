"""Context parameters: defaults, clear errors, and one synthesised template for every context."""

from __future__ import annotations

import json

import pytest

from infra.stacks.parameters import RULES, InvalidParameters, Parameters


def test_a_silent_context_gives_the_defaults() -> None:
    parameters = Parameters.read({})
    assert (parameters.stage, parameters.region) == ("prod", "eu-north-1")
    assert parameters.fortnox_api_url == "https://api.fortnox.se"
    assert (parameters.settle_seconds, parameters.default_series, parameters.object_limit) == ("900", "A", "500")
    assert (parameters.service_accounts, parameters.rate_ceiling) == ("true", "24")


def test_values_may_come_as_json_or_as_text() -> None:
    as_json = Parameters.read(
        {"serviceAccounts": False, "settleSeconds": 6000, "allowedOrigins": ["https://a.se", "https://b.se"]}
    )
    as_text = Parameters.read(
        {"serviceAccounts": "false", "settleSeconds": "6000", "allowedOrigins": "https://a.se,https://b.se"}
    )
    assert as_json == as_text
    assert as_json.origins == ["https://a.se", "https://b.se"]


def test_the_console_may_call_the_api_unless_origins_are_named() -> None:
    assert Parameters.read({"consoleUrl": "https://bokslut.se:8443/fortnox"}).origins == ["https://bokslut.se:8443"]


def test_what_the_cdk_itself_puts_in_the_context_passes() -> None:
    assert Parameters.read({"aws:cdk:enable-path-metadata": True, "@aws-cdk/core:x": True}) == Parameters.read({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stage", "Prod"),
        ("stage", ""),
        ("region", "sweden"),
        ("issuer", "login.example.com"),
        ("issuer", "http://login.example.com"),
        ("issuer", "https://login.example.com/?tenant=1"),
        ("audience", "one two"),
        ("tenantClaim", ""),
        ("consoleUrl", "ftp://console.example.com"),
        ("allowedOrigins", "*"),
        ("fortnoxApiUrl", "https://api.fortnox.se/3#x"),
        ("fortnoxClientId", "a b"),
        ("serviceAccounts", "yes"),
        ("rateCeiling", "0"),
        ("rateCeiling", "26"),
        ("rateCeiling", "24.5"),
        ("settleSeconds", "15 min"),
        ("settleSeconds", "-1"),
        ("defaultSeries", "a"),
        ("objectLimit", "many"),
    ],
)
def test_a_malformed_value_is_refused_with_its_name_and_what_it_should_be(name: str, value: str) -> None:
    with pytest.raises(InvalidParameters) as refused:
        Parameters.read({name: value})
    assert str(refused.value) == f"{name} is {value!r}, but must be {RULES[name].told}"


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidParameters) as refused:
        Parameters.read({"issuer": "x", "isuer": "https://login.example.com", "defaultSeries": "ä"})
    assert str(refused.value).count(";") == 2
    assert "isuer is no parameter of this stack" in str(refused.value)


def test_plain_http_is_for_this_machine_and_never_for_production() -> None:
    local = {"stage": "local", "issuer": "http://127.0.0.1:8123"}
    assert Parameters.read(local).issuer == "http://127.0.0.1:8123"
    with pytest.raises(InvalidParameters, match="issuer"):
        Parameters.read({**local, "stage": "prod"})


def test_a_deployment_must_say_what_has_no_honest_default() -> None:
    with pytest.raises(InvalidParameters) as refused:
        Parameters.read({"issuer": "https://login.se"}, deploying=True)
    told = str(refused.value)
    assert "issuer" not in told
    assert all(f"{name} is missing" in told for name in ("audience", "consoleUrl", "fortnoxClientId"))


def test_a_stencil_filled_in_says_what_the_parameters_say() -> None:
    stencil = Parameters.stencil("eu-north-1")
    drawn = json.dumps({"issuer": stencil.issuer, "join": f"a{stencil.console_url}b", "origins": stencil.origins})
    wanted = Parameters.read({"consoleUrl": "https://k.se", "allowedOrigins": "https://a.se,https://b.se"})
    assert json.loads(wanted.fill(drawn)) == {
        "issuer": "https://login.example.com",
        "join": "ahttps://k.seb",
        "origins": ["https://a.se", "https://b.se"],
    }


def test_the_settle_time_cannot_be_shortened_where_books_are_real() -> None:
    with pytest.raises(InvalidParameters, match="settleSeconds is 899"):
        Parameters.read({"settleSeconds": "899"})
    assert Parameters.read({"settleSeconds": "1", "stage": "test"}).settle_seconds == "1"


@pytest.mark.parametrize("ceiling", ["1", "9", "10", "19", "20", "25"])
def test_any_part_of_the_25_requests_may_be_used_and_all_of_them(ceiling: str) -> None:
    assert Parameters.read({"rateCeiling": ceiling}).rate_ceiling == ceiling
