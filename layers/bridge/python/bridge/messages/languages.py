"""Which of our languages a caller wants."""

from __future__ import annotations

LANGUAGES = ("sv", "en")
"""Swedish comes first: it is what a caller gets who does not say."""

_LONGEST = 500
"""Characters of the header that are looked at."""


def language(accept: str) -> str:
    """Choose `sv` or `en` by an Accept-Language header. Who asks only for others gets English, who does not ask Swedish."""
    wanted = [_weighed(each) for each in accept[:_LONGEST].split(",") if each.strip()]
    ours = [(weight, tag) for weight, tag in wanted if tag in LANGUAGES and weight > 0]
    if ours:
        return max(ours, key=lambda each: each[0])[1]
    return "en" if any(tag not in {"", "*"} for _, tag in wanted) else "sv"


def _weighed(part: str) -> tuple[float, str]:
    """Read one part of the header, `en-GB;q=0.8`: its weight (0 when it can't be read) and its main language."""
    tag, _, weight = part.partition(";")
    try:
        return float(weight.strip().removeprefix("q=") or 1), tag.strip().split("-")[0].lower()
    except ValueError:
        return 0, tag.strip().split("-")[0].lower()
