"""Second step, once per year: Fortnox's SIE file goes to the bucket as it streams, byte for byte.

Before it, Fortnox's own list says how many vouchers the year has: a file cut between two vouchers looks whole by itself.
"""

from __future__ import annotations

from bridge.flows import lookup
from bridge.flows.import_open import years_of
from bridge.jobs import keys
from bridge.jobs.job import JobKey, Part
from bridge.ports import World

LIMIT = 100 * 1024 * 1024
"""Bytes of SIE data that are read of one year."""


def fetch_year(world: World, key: JobKey, year_id: str) -> None:
    """Fetch one year's SIE4 into `raw/`. Refused past 100 MB; run again, it replaces what it wrote before."""
    year = next(year for year in years_of(world, key) if year.id == year_id)
    client = lookup.fortnox(world, key, calls=2)
    listed = client.voucher_count(year.fortnox_id)
    with client.sie(year.fortnox_id) as chunks:
        stored = world.files.write(keys.raw(key, year.id), chunks, LIMIT)
    facts = {"bytes": stored.size, "sha256": stored.sha256, "listed": listed}
    world.jobs.put_part(key, Part(f"2-fetch-{year.id}", facts, done=1, total=1))
