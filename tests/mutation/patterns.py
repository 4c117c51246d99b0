"""Small changes to a regular expression: each makes it take a little more or a little less."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

_TOKEN = re.compile(
    r"(?P<class>\[\^?\]?(?:\\x..|\\.|[^\]\\])*\])"
    r"|(?P<look>\(\?<?[=!])"
    r"|(?P<open>\((?:\?(?:P<\w+>|[:imsx-]+))?)"
    r"|(?P<close>\))"
    r"|(?P<bar>\|)"
    r"|(?P<repeat>[*+?]|\{[0-9]*,?[0-9]*\})"
    r"|(?P<anchor>[\^$]|\\[bBAZ])"
    r"|(?P<atom>(?:\\x..|\\.|[^\\])(?:(?:\\x..|\\[^bBAZ]|[\w ])(?![*+?{]))*)",
    re.DOTALL,
)
_ITEM = re.compile(r"(?:\\x..|\\.|[^\\])(?:-(?:\\x..|\\.|[^\\\]]))?", re.DOTALL)
_TURNED = {"=": "!", "!": "="}


def changed(pattern: str) -> Iterator[str]:
    """Give the pattern with one repetition, alternative, character, anchor or look-around changed."""
    tokens = [(str(match.lastgroup), match.start(), match.end()) for match in _TOKEN.finditer(pattern)]
    for kind, start, end in tokens:
        text = pattern[start:end]
        for other in _others(kind, text):
            yield pattern[:start] + other + pattern[end:]
    for start, end in _branches(tokens, len(pattern)):
        yield pattern[:start] + pattern[end:]


def _others(kind: str, text: str) -> Iterator[str]:
    if kind == "class":
        yield from _classes(text)
    elif kind == "look":
        yield text[:-1] + _TURNED[text[-1]]
    elif kind == "repeat":
        yield from _repeats(text)
    elif kind in {"anchor", "atom"}:
        yield ""


def _repeats(text: str) -> Iterator[str]:
    if text[0] == "{":
        least, comma, most = text[1:-1].partition(",")
        yield f"{{{int(least or 0) + 1}{comma}{most}}}"
        if most:
            yield f"{{{least},{int(most) + 1}}}"
    else:
        yield {"*": "+", "+": "*", "?": ""}[text]


def _classes(text: str) -> Iterator[str]:
    turned = text.startswith("[^")
    begin, items = ("[^" if turned else "["), text[1 + turned : -1]
    yield ("[" if turned else "[^") + items + "]"
    found = [match.span() for match in _ITEM.finditer(items)]
    for start, end in found if len(found) > 1 else ():
        yield begin + items[:start] + items[end:] + "]"


def _branches(tokens: list[tuple[str, int, int]], length: int) -> Iterator[tuple[int, int]]:
    """Give each alternative with one of its bars, to be left out; groups that are not closed here are passed by."""
    stack: list[list[int]] = [[0]]
    for kind, start, end in tokens:
        if kind in {"open", "look"}:
            stack.append([end])
        elif kind == "bar":
            stack[-1].append(end)
        elif kind == "close" and len(stack) > 1:
            yield from _cuts(stack.pop(), start)
    if len(stack) == 1:
        yield from _cuts(stack[0], length)


def _cuts(begins: list[int], end: int) -> Iterator[tuple[int, int]]:
    if len(begins) > 1:
        yield from pairwise(begins)
        yield begins[-1] - 1, end
