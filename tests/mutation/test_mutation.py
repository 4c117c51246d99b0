from __future__ import annotations

import pytest

from tests.mutation.mutants import mutants
from tests.mutation.patterns import changed

SOURCE = '''
"""A docstring is left alone."""
LIMIT: int = 2

def least(items: list[int], *, strict: bool = True) -> int:
    """Another."""
    if not items:
        raise ValueError("nothing")
    return min(each for each in items[1:] if each > LIMIT and strict)
'''


def test_every_small_mistake_is_made_once() -> None:
    assert [(each.line, each.scope, each.before, each.after) for each in mutants(SOURCE)] == [
        (3, "", "2", "3"),
        (5, "least", "True", "False"),
        (7, "least", "not items", "items"),
        (8, "least", "raise ValueError('nothing')", "pass"),
        (9, "least", "return min((each for each in items[1:] if each > LIMIT and strict))", "return None"),
        (9, "least", "min((each for each in items[1:] if each > LIMIT and strict))", "max((each for each in items[1:] if each > LIMIT and strict))"),
        (9, "least", " for each in items[1:] if each > LIMIT and strict", " for each in items[1:]"),
        (9, "least", "1:", ":"),
        (9, "least", "1:", "2:"),
        (9, "least", "each > LIMIT and strict", "each > LIMIT or strict"),
        (9, "least", "each > LIMIT and strict", "strict"),
        (9, "least", "each > LIMIT and strict", "each > LIMIT"),
        (9, "least", "each > LIMIT", "each >= LIMIT"),
        (9, "least", "each > LIMIT", "each <= LIMIT"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "others"),
    [
        (r"ab", [""]),
        (r"a*b+", ["a+b+", "*b+", "a*b*", "a*+"]),
        (r"\d{1,3}", [r"{1,3}", r"\d{2,3}", r"\d{1,4}"]),
        (r"[a-z_]", ["[^a-z_]", "[_]", "[a-z]"]),
        (r"[^\n]", [r"[\n]"]),
        (r"(?:a|b|c)", ["(?:|b|c)", "(?:a||c)", "(?:a|b|)", "(?:b|c)", "(?:a|c)", "(?:a|b)"]),
        (r"^(?=x)", ["(?=x)", "^(?!x)", "^(?=)"]),
    ],
)
def test_a_pattern_takes_a_little_more_or_less(pattern: str, others: list[str]) -> None:
    assert set(others) == set(changed(pattern))
