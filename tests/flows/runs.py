"""The workflows, step by step, without Step Functions."""

from __future__ import annotations

from bridge.flows import (
    export_check,
    export_finish,
    export_send,
    import_appendices,
    import_fetch,
    import_open,
    import_publish,
    import_read,
    import_subledgers,
)
from bridge.jobs.job import JobKey
from tests.stand_ins.world import FakeWorld


def run_import(world: FakeWorld, key: JobKey) -> None:
    """Run every step of an import."""
    for year in import_open.open_import(world, key):
        import_fetch.fetch_year(world, key, year)
        import_read.read_year(world, key, year)
    import_subledgers.fetch_subledgers(world, key)
    import_appendices.make_appendices(world, key)
    import_publish.publish_import(world, key)


def run_export(world: FakeWorld, key: JobKey) -> None:
    """Run every step of an export; waits move the clock."""
    for entry in export_check.check_export(world, key):
        state = export_send.send_voucher(world, key, entry)
        while state != "final":
            state, seconds = export_send.find_voucher(world, key, entry)
            world.clock.move(seconds=seconds)
            if state == "send":
                state = export_send.send_voucher(world, key, entry)
    export_finish.read_back_export(world, key)
    export_finish.finish_export(world, key)
