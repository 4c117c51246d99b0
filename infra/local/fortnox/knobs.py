"""What a test or a developer can turn to bring Fortnox into any state, in Python and through `/_control`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

KINDS = ("429", "500", "503", "delay", "slow_reply", "lost_reply", "late")


@dataclass(slots=True)
class Trouble:
    """The next `times` requests whose path and method match get this.

    `429`, `500`, `503`: that answer, without effect. `delay`: effect and answer after `seconds`. `slow_reply`: the effect
    at once, the answer after `seconds`. `lost_reply`: the effect, then the connection closes without an answer. `late`:
    the connection closes at once, the effect comes `seconds` later. Tokens are fetched from `/oauth-v1/token`.
    """

    kind: str
    path: str = ".*"
    method: str = ".*"
    times: int = 1
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no trouble is called {self.kind}: {', '.join(KINDS)}")
        re.compile(self.path)
        re.compile(self.method)

    def hits(self, method: str, path: str) -> bool:
        """Whether this request is one of those meant."""
        return bool(self.times > 0 and re.search(self.path, path) and re.fullmatch(self.method, method))


@dataclass(slots=True)
class Knobs:
    """Every knob. The default of each is a Fortnox in good health."""

    troubles: list[Trouble] = field(default_factory=list)
    rate_limit: bool = True
    rate_requests: int = 25
    rate_seconds: float = 5.0
    retry_after: int | None = None
    latency: float = 0.0
    clock_offset: float = 0.0
    page_shift: str | None = None
    """A pattern of list paths: after the first page of one is read, an item is inserted before the rest. Once."""
    sie_size: int | None = None
    sie_unbalanced: bool = False
    sie_truncated: bool = False
    org_number: dict[int, str] = field(default_factory=dict)
    licences_off: dict[int, list[str]] = field(default_factory=dict)
    granted_scopes: list[str] | None = None
    scope_status: int = 400
    licence_status: int = 403
    reuse_ends_family: bool = False
    """A refresh token that is used twice ends every one that came from the same consent (Fortnox's way is not known)."""
    withdrawal_ends_access: bool = False
    """Access tokens die with the consent, instead of living out their hour (sources contradict each other)."""

    def trouble(self, method: str, path: str) -> Trouble | None:
        """Take the first trouble that meets this request, and count it down."""
        for trouble in self.troubles:
            if trouble.hits(method, path):
                trouble.times -= 1
                self.troubles = [each for each in self.troubles if each.times > 0]
                return trouble
        return None
