"""The tenant roles of the template, judged as IAM judges: a key or a file of one tenant's is open in its name and in no other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.edge.caller import TENANT
from bridge.jobs import keys as files
from bridge.jobs.job import JobKey, Work
from bridge.stores import keys
from infra.entries import ENTRIES
from infra.local.asked import Ask
from infra.local.rights import Statement, allowed

ACTIONS = ("GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem")
OTHERS = [keys.consent(7), keys.token_timer(7), keys.ticket("t"), keys.attempt("s"), keys.link_token("l")]
"""Places that are no tenant's, and that no tenant role opens."""

name = st.from_regex(TENANT, fullmatch=True)
pair = st.one_of(
    st.tuples(name, name),
    st.tuples(name, st.text("0123456789.:", min_size=1, max_size=2)).map(
        lambda two: (two[0][:198], "".join(two)[:200])
    ),
).filter(lambda two: two[0] != two[1])
"""Two tenants, often such that the name of one begins the other's."""


@pytest.fixture(scope="module")
def roles(statements: dict[str, list[dict[str, Any]]]) -> dict[str, list[Statement]]:
    """What each role allows, with references in the form of `arn:<resource>`."""
    plain = json.dumps(statements)
    plain = re.sub(r'\{"Fn::GetAtt": \["(\w+)", "\w+"\]\}', r'"arn:\1"', plain)
    plain = re.sub(r'\{"Fn::Join": \["", \["([^"]+)", "([^"]+)"\]\]\}', r'"\1\2"', plain)
    told: dict[str, list[Statement]] = json.loads(plain)
    return {f"{entry.name}{kind}": told[f"{entry.name}{kind}"] for entry in ENTRIES for kind in ("Role", "TenantRole")}


def places(tenant: str) -> list[keys.Key]:
    """Every kind of place that is a tenant's."""
    job = JobKey(tenant, "e1", "j1")
    return [
        keys.engagement(tenant, "e1"),
        keys.connection(tenant, "e1"),
        keys.lease_timer(tenant, "e1"),
        keys.link(tenant, "e1", "l1"),
        keys.job(job, Work.IMPORT),
        keys.idempotency(tenant, Work.EXPORT, "key"),
        keys.item(job, "n1"),
    ]


def items(tenant: str) -> Iterator[Ask]:
    """Every use of a table that touches something of the tenant's."""
    for partition, _ in places(tenant):
        for action in ACTIONS:
            for table in ("Connections", "Work"):
                yield Ask(f"dynamodb:{action}", f"arn:{table}", {"dynamodb:LeadingKeys": (partition,)})


def objects(tenant: str) -> Iterator[Ask]:
    """Every use of a file of the tenant's."""
    job = JobKey(tenant, "e1", "j1")
    for key in (files.raw(job, "2025"), files.ledger(job, "2025", "x"), files.appendix(job, "1510")):
        for action in ("GetObject", "PutObject", "AbortMultipartUpload"):
            yield Ask(f"s3:{action}", f"arn:Data/{key}")


@given(pair)
def test_nothing_of_a_tenants_is_open_in_the_name_of_another(
    roles: dict[str, list[Statement]], two: tuple[str, str]
) -> None:
    mine, theirs = two
    everything = list({repr(line): line for lines in roles.values() for line in lines}.values())
    for tags in ({"tenant": mine}, {}):
        assert not [ask for ask in (*items(theirs), *objects(theirs)) if allowed(everything, ask, tags)]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_in_its_own_name_a_tenant_role_reads_its_tables(entry: Any, roles: dict[str, list[Statement]]) -> None:
    tenant = roles[f"{entry.name}TenantRole"]
    for partition, _ in places("T1"):
        ask = Ask("dynamodb:GetItem", "arn:Connections", {"dynamodb:LeadingKeys": (partition,)})
        assert allowed(tenant, ask, {"tenant": "T1"})
        assert not allowed(roles[f"{entry.name}Role"], ask, {"tenant": "T1"})


def test_no_tenant_role_reaches_tokens_or_logins(roles: dict[str, list[Statement]]) -> None:
    everything = [line for role, lines in roles.items() if role.endswith("TenantRole") for line in lines]
    for partition, _ in OTHERS:
        for action in ACTIONS:
            ask = Ask(f"dynamodb:{action}", "arn:Connections", {"dynamodb:LeadingKeys": (partition,)})
            assert not allowed(everything, ask, {"tenant": "T1"})
