"""SIE files as Parquet, a row per booked row and a row group per part of the file; needs the package pyarrow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from bridge.ledger import days
from bridge.ledger.columns import Part
from bridge.sie import CheckReport, check
from infra.cli.files import Trouble, chunks


def put_parquet(path: Path, file: IO[bytes]) -> CheckReport:
    """Write the booked rows: kronor as decimals with two places, days as dates, objects as lists of pairs."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise Trouble("sie.no-pyarrow") from error
    schema = _schema(pa)
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        return check(chunks(path), name=path.name, sink=lambda part: writer.write_table(_table(pa, schema, part)))


def _schema(pa: Any) -> Any:
    pair = pa.struct([("dimension", pa.string()), ("object", pa.string())])
    types = {
        "series": pa.string(),
        "number": pa.string(),
        "date": pa.date32(),
        "text": pa.string(),
        "registered": pa.date32(),
        "sign": pa.string(),
        "account": pa.string(),
        "amount": pa.decimal128(19, 2),
        "objects": pa.list_(pair),
        "row_date": pa.date32(),
        "row_text": pa.string(),
        "quantity": pa.string(),
        "row_sign": pa.string(),
    }
    return pa.schema(list(types.items()))


def _table(pa: Any, schema: Any, part: Part) -> Any:
    vouchers, rows = part.vouchers, part.transactions
    of_voucher = pa.array(rows.voucher, pa.uint32())

    def repeated(name: str, values: Iterable[Any]) -> Any:
        return pa.array(list(values), schema.field(name).type).take(of_voucher)

    objects = [[{"dimension": dimension, "object": name} for dimension, name in pairs] for pairs in part.objects]
    columns = {
        "series": repeated("series", vouchers.series),
        "number": repeated("number", vouchers.number),
        "date": repeated("date", map(_day, vouchers.date)),
        "text": repeated("text", vouchers.text),
        "registered": repeated("registered", map(_day, vouchers.registered)),
        "sign": repeated("sign", vouchers.sign),
        "account": pa.array(part.accounts, pa.string()).take(pa.array(rows.account, pa.uint32())),
        "amount": _kronor(pa, rows.amount),
        "objects": pa.array(objects, schema.field("objects").type).take(pa.array(rows.objects, pa.uint32())),
        "row_date": pa.array(map(_day, rows.date), pa.date32()),
        "row_text": pa.array(rows.text, pa.string()),
        "quantity": pa.array(rows.quantity, pa.string()),
        "row_sign": pa.array(rows.sign, pa.string()),
    }
    return pa.table(columns, schema=schema)


def _kronor(pa: Any, amounts: Iterable[int]) -> Any:
    """Kronor of öre, exact: the whole numbers as decimals, times one hundredth."""
    from pyarrow import compute

    ore = pa.array(amounts, pa.int64()).cast(pa.decimal128(19, 0))
    hundredth = pa.scalar(Decimal("0.01"), pa.decimal128(3, 2))
    return compute.multiply(ore, hundredth).cast(pa.decimal128(19, 2))


def _day(number: int) -> date | None:
    return days.day(number) if number else None
