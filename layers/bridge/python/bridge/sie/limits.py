"""What a file may ask of us: generous for every real company, finite for a hostile one."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.ledger.columns import PART_ROWS


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes and counts. Only `size` refuses the file; the others are findings of severity error.

    `declarations` counts accounts, objects, codes and other records that are kept one by one, and names that balances
    use for the first time; `declared` is the bytes of them, and of all that rows name; `codes` are those of one
    account; `balances` counts balance and budget records: a company with a thousand accounts, every month of two years
    and twenty projects on each has half of them; `rows` are those of one voucher; `pool` is how many different
    accounts the rows may name, or sets of objects, or objects in them.
    """

    size: int = 104_857_600
    line: int = 65_536
    fields: int = 256
    declarations: int = 200_000
    declared: int = 33_554_432
    codes: int = 1_000
    balances: int = 1_000_000
    rows: int = 200_000
    pool: int = 150_000
    part_rows: int = PART_ROWS


DEFAULT = Limits()
