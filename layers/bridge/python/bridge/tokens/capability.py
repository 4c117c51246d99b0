"""What a connection can be used for, part by part: the scopes each part needs, what Fortnox says of them, who can mend what is missing.

No part is asked for before it is needed: a scope too many needs a licence more, and one missing licence stops the whole
consent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Capability(StrEnum):
    """A part of the work: the ledger and vouchers into it, the appendices, the documents, invoices and their payments."""

    LEDGER = "ledger"
    APPENDICES = "appendices"
    DOCUMENTS = "documents"
    BILLING = "billing"


class Answer(StrEnum):
    """What is known of a capability or scope, the worst first. A scope that was never asked for is missing too."""

    NO_SCOPE = "no-scope"
    NO_LICENCE = "no-licence"
    NO_RIGHT = "no-right"
    UNKNOWN = "unknown"
    YES = "yes"


class Fixer(StrEnum):
    """Who can mend it: the user by connecting again, the company's administrator in Fortnox, or time at Fortnox."""

    NOBODY = ""
    USER = "user"
    ADMINISTRATOR = "administrator"
    FORTNOX = "fortnox"


FIXERS: Mapping[Answer, Fixer] = {
    Answer.NO_SCOPE: Fixer.USER,
    Answer.NO_LICENCE: Fixer.ADMINISTRATOR,
    Answer.NO_RIGHT: Fixer.ADMINISTRATOR,
    Answer.UNKNOWN: Fixer.FORTNOX,
    Answer.YES: Fixer.NOBODY,
}

COMPANY = "companyinformation"
"""The scope that tells which company it is; nothing is connected without it."""

SCOPES: Mapping[Capability, tuple[str, ...]] = {
    Capability.LEDGER: ("bookkeeping", "settings"),
    Capability.APPENDICES: ("invoice", "supplierinvoice", "payment"),
    Capability.DOCUMENTS: ("connectfile", "archive"),
    Capability.BILLING: ("customer", "invoice", "payment"),
}
"""What each part uses at Fortnox, besides the company's own facts."""

PURPOSES: Mapping[str, tuple[Capability, ...]] = {
    "year-end": (Capability.LEDGER, Capability.APPENDICES),
    "audit": (Capability.LEDGER, Capability.DOCUMENTS),
    "billing": (Capability.BILLING,),
}
"""What a connection of each purpose is for, its main job first: without that one it is of no use."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a capability; `scope` is the one at fault."""

    capability: Capability
    answer: Answer
    scope: str = ""

    @property
    def fixer(self) -> Fixer:
        """Who can mend it."""
        return FIXERS[self.answer]

    @property
    def missing(self) -> bool:
        """Tell whether it is known not to work. One that nobody could ask about is tried."""
        return self.answer not in {Answer.YES, Answer.UNKNOWN}


def wanted(purpose: str, asked: Iterable[Capability] | None, held: Iterable[Known] = ()) -> tuple[Capability, ...]:
    """Choose what to ask for: what the caller named, or all that the purpose is for; never less than its main job or than works today."""
    main, *others = PURPOSES[purpose]
    chosen = {main, *(others if asked is None else asked)}
    chosen |= {known.capability for known in held if known.answer is Answer.YES}
    return tuple(each for each in Capability if each in chosen)


def scopes(capabilities: Iterable[Capability]) -> tuple[str, ...]:
    """List the scopes to ask for at Fortnox."""
    return (COMPANY, *dict.fromkeys(scope for each in capabilities for scope in SCOPES[each]))


def judge(granted: Iterable[str], answers: Mapping[str, Answer]) -> tuple[Known, ...]:
    """Make the matrix of all capabilities: by the scopes that were granted, and what Fortnox answered to those it was asked about."""
    found = {scope: answers.get(scope, Answer.UNKNOWN) for scope in granted}
    return tuple(_judged(capability, found) for capability in Capability)


def of(matrix: Iterable[Known], capability: Capability) -> Known:
    """Find a capability in the matrix."""
    return next((known for known in matrix if known.capability is capability), Known(capability, Answer.UNKNOWN))


def main(purpose: str) -> Capability:
    """Name what a connection of that purpose is of no use without."""
    return PURPOSES[purpose][0]


def _judged(capability: Capability, found: Mapping[str, Answer]) -> Known:
    order: Sequence[Answer] = tuple(Answer)
    answers = {scope: found.get(scope, Answer.NO_SCOPE) for scope in SCOPES[capability]}
    worst = min(answers, key=lambda scope: order.index(answers[scope]))
    return Known(capability, answers[worst], "" if answers[worst] is Answer.YES else worst)
