"""docs/openapi.json from the doors: their routes and models, merged into one document.

`python -m infra.openapi` writes it; `tests/test_docs.py` fails when it is no longer what the doors say.
"""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

from infra.entries import ENTRIES

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "openapi.json"
PROBLEM = {
    "description": "A problem (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemGiven"}}},
}


def document() -> dict[str, Any]:
    """Build the document."""
    merged: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Fortnox Bridge", "version": "1", "description": "Problems are RFC 9457 with a stable `code`."},
        "paths": {},
        "components": {"schemas": {}, "securitySchemes": {"login": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}},
    }  # fmt: skip
    for entry in ENTRIES:
        if entry.module == "api":
            part = json.loads(_load(entry.door).app.get_openapi_json_schema())
            for path, operations in part["paths"].items():
                name = re.sub(r"<(\w+)>", r"{\1}", path)
                merged["paths"][name] = {
                    method: _operation(each, f"{method.upper()} {name}") for method, each in operations.items()
                }
            merged["components"]["schemas"].update(part.get("components", {}).get("schemas", {}))
    merged["paths"] = dict(sorted(merged["paths"].items()))
    merged["components"]["schemas"] = dict(sorted(merged["components"]["schemas"].items()))
    return merged


def text() -> str:
    """Give the document as it is kept."""
    return json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=False) + "\n"


def _operation(operation: dict[str, Any], route: str) -> dict[str, Any]:
    operation["responses"].pop("422", None)
    operation["responses"]["default"] = PROBLEM
    operation["operationId"] = re.sub(r"_?api_v1_.*$", "", operation["operationId"])
    if not any(route in entry.open_routes for entry in ENTRIES):
        operation["security"] = [{"login": []}]
    return operation


def _load(door: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"openapi_{door}", ROOT / "functions" / door / "api.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf8")
