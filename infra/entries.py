"""THE TABLE: one line per Lambda. The stack, the local runner, the workflows and their tests all read it.

An entry names its door (folder in functions/), module and function; what calls it (HTTP routes, a workflow state, a
schedule, the stream); its limits; and its rights, from which the stack makes the role and the environment variables.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """What an entry may touch. The stack turns each into the narrowest IAM statements and the variables that name it.

    What is a tenant's, an entry may touch only in the name of one tenant at a time: connections, work, raw and ledger.
    """

    CONNECTIONS_READ = "connections:read"
    CONNECTIONS_WRITE = "connections:write"
    WORK_READ = "work:read"
    WORK_WRITE = "work:write"
    LOGINS = "logins"
    GRANTS = "grants"
    TIMERS = "timers"
    LIMITS_WRITE = "limits:write"
    RAW_READ = "data:read:raw/"
    RAW_WRITE = "data:write:raw/"
    LEDGER_READ = "data:read:ledger/"
    LEDGER_WRITE = "data:write:ledger/"
    ESCROW = "data:write:escrow/"
    TOKENS = "tokens"
    START_IMPORT = "start:import"
    START_EXPORT = "start:export"
    BROKER = "invoke:Broker"
    FORTNOX = "fortnox"
    EVENTS = "put:events"


@dataclass(frozen=True, slots=True)
class Entry:
    """One Lambda. `routes` are "METHOD /path"; those in `open_routes` need no login. `schedule` is an EventBridge rate, whose work `parts` of it share."""

    name: str
    door: str
    module: str
    function: str
    rights: tuple[Right, ...]
    timeout: int
    memory: int
    routes: tuple[str, ...] = ()
    open_routes: tuple[str, ...] = ()
    workflow: str = ""
    schedule: str = ""
    parts: int = 1
    stream: bool = False

    @property
    def handler(self) -> str:
        """Lambda's handler string, relative to the door's folder."""
        return f"{self.module}.{self.function}"


_R = Right
_E = "/api/v1/engagements"
_CALLS = (_R.FORTNOX, _R.LIMITS_WRITE)
_TASK = (_R.CONNECTIONS_READ, _R.WORK_READ, _R.WORK_WRITE, _R.BROKER, *_CALLS)
_KEEP = (_R.CONNECTIONS_READ, _R.CONNECTIONS_WRITE, _R.GRANTS, _R.WORK_READ, _R.WORK_WRITE, _R.BROKER, _R.EVENTS)

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "ConnectApi",
        "oauth_callback",
        "api",
        "handler",
        timeout=29,
        memory=1024,
        rights=(*_KEEP, _R.LOGINS, *_CALLS, _R.START_IMPORT),
        routes=(
            f"GET {_E}",
            f"POST {_E}",
            f"POST {_E}/authorizations",
            f"GET {_E}/{{engagement}}",
            f"GET {_E}/{{engagement}}/connection",
            f"DELETE {_E}/{{engagement}}/connection",
            f"POST {_E}/{{engagement}}/connection/authorizations",
            f"GET {_E}/{{engagement}}/activation-links",
            f"POST {_E}/{{engagement}}/activation-links",
            f"DELETE {_E}/{{engagement}}/activation-links/{{link}}",
        ),
        open_routes=(
            "GET /oauth/start",
            "GET /oauth/callback",
            "POST /api/v1/activations/lookup",
            "POST /api/v1/activations/authorizations",
            "GET /api/v1/health",
        ),
    ),
    Entry(
        "ImportApi",
        "import",
        "api",
        "handler",
        timeout=29,
        memory=1024,
        rights=(_R.CONNECTIONS_READ, _R.WORK_READ, _R.WORK_WRITE, _R.LEDGER_READ, _R.START_IMPORT),
        routes=(
            f"GET {_E}/{{engagement}}/imports",
            f"POST {_E}/{{engagement}}/imports",
            f"GET {_E}/{{engagement}}/imports/{{job}}",
            f"GET {_E}/{{engagement}}/financial-years",
            f"GET {_E}/{{engagement}}/financial-years/{{year}}/certificate",
            f"GET {_E}/{{engagement}}/accounts",
            f"GET {_E}/{{engagement}}/appendices",
            f"GET {_E}/{{engagement}}/appendices/{{account}}",
            f"GET {_E}/{{engagement}}/activity",
        ),
    ),
    Entry(
        "OpenImport",
        "import",
        "tasks",
        "open_import",
        rights=(*_TASK, _R.CONNECTIONS_WRITE),
        timeout=120,
        memory=512,
        workflow="import",
    ),
    Entry(
        "FetchYear",
        "import",
        "tasks",
        "fetch_year",
        rights=(*_TASK, _R.RAW_WRITE),
        timeout=600,
        memory=512,
        workflow="import",
    ),
    Entry(
        "ReadYear",
        "import",
        "tasks",
        "read_year",
        timeout=600,
        memory=1769,
        workflow="import",
        rights=(_R.CONNECTIONS_READ, _R.WORK_READ, _R.WORK_WRITE, _R.RAW_READ, _R.LEDGER_WRITE),
    ),
    Entry(
        "FetchSubledgers",
        "import",
        "tasks",
        "fetch_subledgers",
        rights=(*_TASK, _R.LEDGER_WRITE),
        timeout=900,
        memory=512,
        workflow="import",
    ),
    Entry(
        "MakeAppendices",
        "import",
        "tasks",
        "make_appendices",
        timeout=600,
        memory=1769,
        workflow="import",
        rights=(_R.CONNECTIONS_READ, _R.WORK_READ, _R.WORK_WRITE, _R.LEDGER_READ, _R.LEDGER_WRITE),
    ),
    Entry(
        "PublishImport",
        "import",
        "tasks",
        "publish_import",
        timeout=60,
        memory=512,
        workflow="import",
        rights=(
            _R.CONNECTIONS_READ,
            _R.CONNECTIONS_WRITE,
            _R.WORK_READ,
            _R.WORK_WRITE,
            _R.LEDGER_READ,
            _R.LEDGER_WRITE,
        ),
    ),
    Entry(
        "FailImport",
        "import",
        "tasks",
        "fail_import",
        rights=(_R.CONNECTIONS_READ, _R.WORK_READ, _R.WORK_WRITE),
        timeout=60,
        memory=512,
        workflow="import",
    ),
    Entry(
        "ExportApi",
        "export",
        "api",
        "handler",
        timeout=29,
        memory=1024,
        rights=(*_TASK, _R.START_EXPORT),
        routes=(
            f"GET {_E}/{{engagement}}/closing-entries",
            f"POST {_E}/{{engagement}}/closing-entries",
            f"GET {_E}/{{engagement}}/voucher-series",
            f"GET {_E}/{{engagement}}/exports",
            f"POST {_E}/{{engagement}}/exports",
            f"GET {_E}/{{engagement}}/exports/{{job}}",
        ),
    ),
    Entry("CheckExport", "export", "tasks", "check_export", rights=_TASK, timeout=120, memory=512, workflow="export"),
    Entry("SendVoucher", "export", "tasks", "send_voucher", rights=_TASK, timeout=120, memory=512, workflow="export"),
    Entry("FindVoucher", "export", "tasks", "find_voucher", rights=_TASK, timeout=300, memory=512, workflow="export"),
    Entry(
        "ReadBackExport",
        "export",
        "tasks",
        "read_back_export",
        rights=_TASK,
        timeout=900,
        memory=512,
        workflow="export",
    ),
    Entry(
        "FinishExport",
        "export",
        "tasks",
        "finish_export",
        timeout=60,
        memory=512,
        workflow="export",
        rights=(_R.CONNECTIONS_READ, _R.CONNECTIONS_WRITE, _R.WORK_READ, _R.WORK_WRITE),
    ),
    Entry(
        "FailExport",
        "export",
        "tasks",
        "fail_export",
        rights=(_R.CONNECTIONS_READ, _R.CONNECTIONS_WRITE, _R.WORK_READ, _R.WORK_WRITE),
        timeout=60,
        memory=512,
        workflow="export",
    ),
    Entry(
        "Broker",
        "token_refresh",
        "broker",
        "handler",
        timeout=300,
        memory=512,
        rights=(
            _R.CONNECTIONS_READ,
            _R.CONNECTIONS_WRITE,
            _R.GRANTS,
            _R.WORK_WRITE,
            _R.ESCROW,
            _R.TOKENS,
            _R.EVENTS,
            _R.FORTNOX,
        ),
    ),
    Entry(
        "SweepDue",
        "token_refresh",
        "schedule",
        "sweep",
        timeout=900,
        memory=512,
        schedule="rate(15 minutes)",
        parts=4,
        rights=(*_KEEP, _R.TIMERS),
    ),
    Entry(
        "TimerExpired",
        "token_refresh",
        "stream",
        "expired",
        timeout=900,
        memory=512,
        stream=True,
        rights=(*_KEEP, _R.TIMERS),
    ),
)
