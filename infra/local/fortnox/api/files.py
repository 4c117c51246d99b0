"""Files attached to vouchers, and the archive they lie in."""

from __future__ import annotations

from typing import Any

from infra.local.fortnox import documents
from infra.local.fortnox.answers import Answer, Call, json_answer, listed
from infra.local.fortnox.errors import Refusal
from infra.local.fortnox.routes import PAGING, Route
from infra.local.fortnox.subledger import Connection, File
from infra.local.fortnox.wire import url

_ROOT = "root"


def connections(call: Call) -> Answer:
    """GET voucherfileconnections: `voucheryear` is the id of a year."""
    found = call.company.connections
    if (year := call.number("voucheryear", call.number("financialyear"))) is not None:
        found = [each for each in found if each.year == year]
    if (series := call.query.get("voucherseries")) is not None:
        found = [each for each in found if each.series == series]
    if (number := call.number("vouchernumber")) is not None:
        found = [each for each in found if each.number == number]
    if (text := call.query.get("voucherdescription")) is not None:
        found = [each for each in found if text.casefold() in _description(call, each).casefold()]
    return listed(call, "VoucherFileConnections", found, lambda each: _connection(call, each))


def connection(call: Call) -> Answer:
    """GET voucherfileconnections/{FileId}."""
    found = next((each for each in call.company.connections if each.file == call.values["FileId"]), None)
    if found is None:
        raise Refusal("file-not-found")
    return json_answer({"VoucherFileConnection": _connection(call, found)})


def _connection(call: Call, connection: Connection) -> dict[str, Any]:
    return {
        "@url": url(f"voucherfileconnections/{connection.file}"),
        "FileId": connection.file,
        "Name": call.company.files[connection.file].name,
        "VoucherDescription": _description(call, connection),
        "VoucherNumber": str(connection.number),
        "VoucherSeries": connection.series,
        "VoucherYear": connection.year,
    }


def _description(call: Call, connection: Connection) -> str:
    year = call.company.year(connection.year)
    voucher = year.voucher(connection.series, connection.number) if year else None
    return voucher.text if voucher else ""


def folder(call: Call) -> Answer:
    """GET archive: the root folder; a file by its ArchiveFileId, which only files of the inbox have."""
    if call.query.get("fileid") is not None or call.query.get("path", "") not in ("", "/"):
        raise Refusal("file-not-found")
    return _folder(call)


def file(call: Call) -> Answer:
    """GET archive/{id}: the bytes, without a dependable name or type."""
    if call.values["id"] == _ROOT:
        return _folder(call)
    found = call.company.files.get(call.values["id"])
    if found is None:
        raise Refusal("file-not-found")
    return Answer(200, documents.content(found), "application/octet-stream")


def _folder(call: Call) -> Answer:
    shown = {
        "@url": url(f"archive/{_ROOT}"),
        "Email": "",
        "Files": [_file(each) for each in call.company.files.values()],
        "Folders": [],
        "Id": _ROOT,
        "Name": "Arkivplats",
    }
    return json_answer({"Folder": shown})


def _file(file: File) -> dict[str, Any]:
    return {
        "@url": url(f"archive/{file.id}"),
        "ArchiveFileId": None,
        "Comments": "",
        "Id": file.id,
        "Name": file.name,
        "Path": "",
        "Size": len(documents.content(file)),
    }


ROUTES = (
    Route(
        "GET",
        "voucherfileconnections",
        ("connectfile",),
        connections,
        PAGING | {"voucheryear", "financialyear", "voucherseries", "vouchernumber", "voucherdescription"},
    ),
    Route("GET", "voucherfileconnections/{FileId}", ("connectfile",), connection),
    Route("GET", "archive", ("archive",), folder, PAGING | {"path", "fileid"}),
    Route("GET", "archive/{id}", ("archive",), file, frozenset(("fileid",))),
)
