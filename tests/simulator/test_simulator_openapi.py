"""Fortnox's own OpenAPI document, put right where the wire is known to differ, against every path the simulator serves."""

from __future__ import annotations

import copy
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from infra.local.fortnox import Simulator, api, demo
from infra.local.fortnox.model import Company
from infra.local.fortnox.routes import Route
from tests.simulator.conftest import Api, voucher

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
JSON = "application/json"
NULLABLE = {
    # Fields that are null where the document says they always have a value; "*" is every field.
    "CompanyInfo": "*",  # 4.1: unset text fields are explicit null
    "CompanySettings": "*",  # 4.1, the same
    "Customer": "*",  # 4.8 and customer_single.json: null for never set
    "CustomerListItem": "*",  # 4.8
    "Supplier": "*",  # 4.8, same style
    "SupplierListItem": "*",  # 4.8
    "LockedPeriod": "EndDate",  # 4.12: no date, no lock
    "AccountListItem": "VATCode",  # 4.6
    "AccountSingleItem": "VATCode",  # 4.6
    "VoucherSeriesListItem": "Approver",  # voucherseries_list.json
    "VoucherSeries": "Approver",  # the same
    "VoucherListItem": "Comments",  # 4.5
    "Voucher": "Comments",  # 4.5
    "InvoiceListItem": "FinalPayDate VoucherNumber VoucherSeries VoucherYear",  # 4.16: null until booked
    "Invoice": "FinalPayDate VoucherNumber VoucherSeries VoucherYear DeliveryDate LastRemindDate TaxReduction "
    "TimeBasisReference",  # 4.7, invoice_single.json
    "Invoice_EDIInformation": "*",  # invoice_single.json
    "Invoice_EmailInformation": "*",  # invoice_single.json
    "SupplierInvoiceListItem": "FinalPayDate",  # supplierinvoice_list.json
    "SupplierInvoice": "FinalPayDate Comments VoucherNumber VoucherSeries VoucherYear",  # supplierinvoice_single.json
    "InvoicePayment": "VoucherNumber VoucherSeries VoucherYear ModeOfPaymentAccount",  # invoicepayment_single.json
    "SupplierInvoicePayment": "VoucherNumber VoucherSeries VoucherYear",  # supplierinvoicepayment_single.json
    "Folder_FileRow": "ArchiveFileId",  # 4.14: only defined if obtained from the inbox
}
UNDOCUMENTED = {
    # Fields the wire has and the document lacks.
    "Invoice": ("InvoiceReference", {"type": "string"}),  # 4.7
    "VoucherFileConnection": ("Name", {"type": "string"}),  # 4.13
    "ErrorInformationWrap": ("message", {"type": "string"}),  # 5.1: gateway 401, unknown route
}
DIFFERENT = {
    # Fields of another type than documented.
    ("InvoiceListItem", "CurrencyRate"): {"type": "string"},  # 4.7, 4.16
    ("Invoice", "PaymentWay"): {"type": "string"},  # invoice_single.json: empty
    ("Invoice", "InvoicePeriodStart"): {"type": "string"},  # invoice_single.json: empty
    ("Invoice", "InvoicePeriodEnd"): {"type": "string"},  # invoice_single.json: empty
}
KNOWN = {
    "Code": "A",
    "CustomerNumber": "1",
    "DocumentNumber": "1001",
    "GivenNumber": 1001,
    "Id": 1,
    "Number": 1510,
    "SupplierNumber": "101",
    "Type": "4",
    "VoucherNumber": 1,
    "VoucherSeries": "A",
    "name": "SALES",
}
SUCCESS = {"GET": 200, "POST": 201}
SERVED = [pytest.param(route, id=f"{route.method} {route.template}") for route in api.ROUTES]


def corrected(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the deviations above; every other field it does not know is an error."""
    put_right = copy.deepcopy(document)
    schemas = put_right["components"]["schemas"]
    for schema in schemas.values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    for name, fields in NULLABLE.items():
        properties = schemas[f"fortnox_{name}"]["properties"]
        for field in properties if fields == "*" else fields.split():
            properties[field] = {"nullable": True, **_resolved(schemas, properties[field])}
    for name, (field, kind) in UNDOCUMENTED.items():
        schemas[f"fortnox_{name}"]["properties"][field] = kind
    for (name, field), kind in DIFFERENT.items():
        schemas[f"fortnox_{name}"]["properties"][field] = kind
    _add_meta_information(schemas)  # 3.2: the first key of every list
    _let_errors_be_lower_case(schemas)  # 5.1: validation errors
    _answer_sie(put_right)
    put_right["paths"] = {path: each for path, each in put_right["paths"].items() if path in _served_paths()}
    return put_right


def _resolved(schemas: dict[str, Any], kind: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schemas[kind["$ref"].rsplit("/", 1)[1]] if "$ref" in kind else kind
    return found


def _add_meta_information(schemas: dict[str, Any]) -> None:
    meta = {"$ref": "#/components/schemas/fortnox_MetaInformation"}
    for name, schema in schemas.items():
        if name.endswith(("_Wrap", "_List", "_WrapList")) and "properties" in schema:
            schema["properties"].setdefault("MetaInformation", meta)


def _let_errors_be_lower_case(schemas: dict[str, Any]) -> None:
    properties = schemas["fortnox_ErrorInformationWrap_ErrorInformation"]["properties"]
    properties.update({name.lower(): kind for name, kind in list(properties.items())})


def _answer_sie(document: dict[str, Any]) -> None:
    """4.3: the document says 204 without a body; it is 200 with a stream of bytes."""
    answer = {
        "description": "the file",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
    document["paths"]["/3/sie/{Type}"]["get"]["responses"]["200"] = answer
    archive = document["paths"]["/3/archive/{id}"]["get"]["responses"]["200"]["content"]
    archive["application/octet-stream"] = {"schema": {"type": "string", "format": "binary"}}  # 4.14: no dependable type
    archive[JSON] = {"schema": {"$ref": "#/components/schemas/fortnox_Folder_Wrap"}}  # 4.14: JSON if the id is a folder


def _served_paths() -> set[str]:
    return {f"/3/{route.template}" for route in api.ROUTES}


@pytest.fixture(scope="module")
def simulated() -> tuple[Simulator, str]:
    """The demo company behind one simulator for all cases, and a token for it."""
    simulator = Simulator(lambda: 1_795_172_400.0)
    simulator.add(demo.company())
    simulator.knobs.rate_limit = False
    return simulator, str(Api(simulator, demo.NUMBER).http.headers["authorization"])


def known_to(company: Company, route: Route) -> dict[str, Any]:
    """Values of the path that the company has something for."""
    file = company.connections[0].file
    found = {**KNOWN, "FileId": file, "id": file}
    return {**found, "Code": "SEK"} if route.template.startswith("currencies") else found


def well_formed(company: Company, route: Route) -> dict[str, Any]:
    """What makes something new wherever it is posted."""
    if route.template == "vouchers":
        return voucher()
    code = f"NEW{sum(len(year.series) for year in company.years)}"
    return {"VoucherSeries": {"Code": code, "Description": "Ny", "Manual": True}}


def run(route: Route, document: Path, simulated: tuple[Simulator, str], examples: int) -> Counter[int]:
    """Ask once for what is there, then however the document allows; gives how often each status was answered."""
    simulator, authorization = simulated
    company = simulator.companies[demo.NUMBER]
    there, answered = known_to(company, route), Counter[int]()
    schema = schemathesis.openapi.from_dict(corrected(json.loads(document.read_bytes())))
    schema.app = simulator.wsgi
    operation = schema[f"/3/{route.template}"][route.method]

    def judge(case: schemathesis.Case[Any]) -> None:
        answer = case.call(headers={"Authorization": authorization})
        case.validate_response(answer, checks=CHECKS)
        answered[answer.status_code] += 1

    path = {name: value for name, value in there.items() if f"{{{name}}}" in route.template}
    sent: dict[str, Any] = {"body": well_formed(company, route), "media_type": JSON} if route.method == "POST" else {}
    judge(operation.Case(path_parameters=path, **sent))

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(), known=st.booleans())
    def conforms(case: schemathesis.Case[Any], *, known: bool) -> None:
        if known:
            case.path_parameters.update(path)
        judge(case)

    conforms()
    return answered


@pytest.mark.parametrize("route", SERVED)
def test_every_answer_has_the_documented_shape(route: Route, openapi: Path, simulated: tuple[Simulator, str]) -> None:
    answered = run(route, openapi, simulated, examples=8)
    assert answered[SUCCESS[route.method]] > 0, "a shape is compared only where there is an answer of it"
    assert answered.total() > 1


@pytest.mark.full
@pytest.mark.parametrize("route", SERVED)
def test_every_answer_has_the_documented_shape_however_it_is_asked(
    route: Route, openapi: Path, simulated: tuple[Simulator, str]
) -> None:
    answered = run(route, openapi, simulated, examples=400)
    assert answered[SUCCESS[route.method]] > 0
    assert answered.total() > 1


@pytest.mark.parametrize(
    "path",
    [
        "vouchers",
        "invoices",
        "supplierinvoices",
        "invoicepayments",
        "supplierinvoicepayments",
        "accounts",
        "customers",
        "suppliers",
    ],
)
def test_every_item_of_the_demo_has_the_documented_shape(
    path: str, openapi: Path, simulated: tuple[Simulator, str]
) -> None:
    simulator, authorization = simulated
    schema = schemathesis.openapi.from_dict(corrected(json.loads(openapi.read_bytes())))
    schema.app = simulator.wsgi
    shown, total = 0, 0
    for page in (1, 2):
        case = schema[f"/3/{path}"]["GET"].Case(query={"limit": 500, "page": page})
        answer = case.call(headers={"Authorization": authorization})
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code == 200:
            meta, items = answer.json().values()
            shown, total = shown + len(items), meta["@TotalResources"]
    assert shown == min(total, 1000) > 0


def test_only_documented_paths_are_served(openapi: Path) -> None:
    assert _served_paths() <= set(json.loads(openapi.read_bytes())["paths"])


def test_an_answer_outside_the_documented_shape_is_found(
    openapi: Path, simulated: tuple[Simulator, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(UNDOCUMENTED, "VoucherFileConnection")
    route = next(each for each in api.ROUTES if each.template == "voucherfileconnections")
    with pytest.raises(FailureGroup) as found:
        run(route, openapi, simulated, examples=3)
    assert "'Name' was unexpected" in str(found.value)
