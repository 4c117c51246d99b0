"""Where each thing lies in its table: (PK, SK). What belongs to a tenant starts with `T#<tenant>`, so that rights can be cut by it.

Every id is followed by `#` or the end and holds none itself: tenant `1` never reaches into tenant `12`. What is of a Fortnox
company has partitions apart by who may touch them: its tokens, the grants on it, and the timer of its refresh token.
"""

from __future__ import annotations

import hashlib

from bridge.jobs.job import JobKey, Work
from bridge.problem import refuse

Key = tuple[str, str]
"""Partition key and sort key of an item."""

TIMER = "TIMER"
"""Sort key of every timer; the stream is filtered by it."""

REFRESH = "REFRESH"
"""What the partition of a refresh token's timer begins with."""

LONGEST = 200
"""Characters of an id; DynamoDB's own limit is 1024 bytes for a sort key."""


def checked(text: str) -> str:
    """Give the id back, or refuse it: nothing with such an id exists."""
    if not 0 < len(text) <= LONGEST or "#" in text:
        raise refuse("not-found")
    return text


def of_tenant(tenant: str) -> str:
    """Partition of what is the tenant's as a whole."""
    return f"T#{checked(tenant)}"


def of_engagement(tenant: str, engagement: str) -> str:
    """Partition of what is one engagement's."""
    return f"{of_tenant(tenant)}#E#{checked(engagement)}"


def of_job(key: JobKey) -> str:
    """Partition of a job's parts and export items."""
    return f"{of_engagement(key.tenant, key.engagement)}#J#{checked(key.id)}"


def of_grants(fortnox_tenant: int) -> str:
    """Partition of the grants on a Fortnox company, whoever holds them."""
    return f"GRANTS#{fortnox_tenant:d}"


def engagement(tenant: str, engagement_id: str) -> Key:
    """Place of an engagement."""
    return of_tenant(tenant), f"ENGAGEMENT#{checked(engagement_id)}"


def connection(tenant: str, engagement_id: str) -> Key:
    """Place of an engagement's connection."""
    return of_engagement(tenant, engagement_id), "CONNECTION"


def consent(fortnox_tenant: int) -> Key:
    """Place of a Fortnox company's tokens."""
    return f"FX#{fortnox_tenant:d}", "CONSENT"


def grant(fortnox_tenant: int, tenant: str, engagement_id: str) -> Key:
    """Place of an engagement's grant on a Fortnox company."""
    return of_grants(fortnox_tenant), f"GRANT#{checked(tenant)}#{checked(engagement_id)}"


def lease_timer(tenant: str, engagement_id: str) -> Key:
    """Place of the timer of an engagement's lease."""
    return of_engagement(tenant, engagement_id), TIMER


def token_timer(fortnox_tenant: int) -> Key:
    """Place of the timer of a Fortnox company's refresh token."""
    return f"{REFRESH}#{fortnox_tenant:d}", TIMER


def ticket(secret: str) -> Key:
    """Place of a login that no browser has begun yet; the ticket itself is stored nowhere."""
    return f"TICKET#{_hash(secret)}", "ATTEMPT"


def attempt(state: str) -> Key:
    """Place of a login under way; the state itself is stored nowhere."""
    return f"STATE#{_hash(state)}", "ATTEMPT"


def login(tenant: str, engagement_id: str) -> Key:
    """Place of an engagement's latest login."""
    return of_engagement(tenant, engagement_id), "LOGIN"


def link(tenant: str, engagement_id: str, link_id: str) -> Key:
    """Place of an activation link."""
    return of_engagement(tenant, engagement_id), f"LINK#{checked(link_id)}"


def link_token(token: str) -> Key:
    """Place of what leads from an activation link's token to the link; the token itself is stored nowhere."""
    return f"LINKTOKEN#{_hash(token)}", "LINK"


def job(key: JobKey, work: Work) -> Key:
    """Place of a job."""
    return of_engagement(key.tenant, key.engagement), f"JOB#{work.value}#{checked(key.id)}"


def running(tenant: str, engagement_id: str, work: Work) -> Key:
    """Place of the mark of the one job of its kind that runs."""
    return of_engagement(tenant, engagement_id), f"RUNNING#{work.value}"


def idempotency(tenant: str, work: Work, key: str) -> Key:
    """Place of what an idempotency key gave. The key is the caller's text, so only its hash is kept."""
    return of_tenant(tenant), f"IDEM#{_hash(work.value + key)}"


def part(key: JobKey, name: str) -> Key:
    """Place of a job's part."""
    return of_job(key), f"PART#{name}"


def item(key: JobKey, entry_id: str) -> Key:
    """Place of an entry in one export."""
    return of_job(key), f"ITEM#{checked(entry_id)}"


def entry(tenant: str, engagement_id: str, entry_id: str) -> Key:
    """Place of a closing entry."""
    return of_engagement(tenant, engagement_id), f"ENTRY#{checked(entry_id)}"


def sent(tenant: str, engagement_id: str, entry_id: str) -> Key:
    """Place of the one export that holds an entry."""
    return of_engagement(tenant, engagement_id), f"SENT#{checked(entry_id)}"


def activity(tenant: str, engagement_id: str, activity_id: str) -> Key:
    """Place of a line of the activity log."""
    return of_engagement(tenant, engagement_id), f"ACT#{checked(activity_id)}"


def budget(client_id: str, fortnox_tenant: int) -> Key:
    """Place of the request budget that all who use our client share towards one Fortnox company."""
    return f"BUDGET#{checked(client_id)}#{fortnox_tenant:d}", "BUDGET"


def placed(key: Key) -> dict[str, str]:
    """Give the key as attributes."""
    return {"PK": key[0], "SK": key[1]}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
