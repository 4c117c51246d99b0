"""Mutants of a module: its syntax tree with one small mistake in it, as a programmer could have made it.

Left alone is what has no behaviour of its own: annotations and type aliases, decorators, docstrings, the texts of
value errors, `__all__`, and `strict=` of `zip`, which only asserts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.mutation import patterns

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_PAIRS = (
    ("min", "max"),
    ("any", "all"),
    ("lower", "upper"),
    ("lstrip", "rstrip"),
    ("find", "rfind"),
    ("partition", "rpartition"),
    ("startswith", "endswith"),
    ("removeprefix", "removesuffix"),
)
_NAMES = dict(_PAIRS) | {other: one for one, other in _PAIRS}
_TYPE_NAME = re.compile(r"_?[A-Z]\w*[a-z]\w*")
_NO_LETTERS = re.compile(r"[\W_]{2,}")
_NOTHING = ast.Constant(None)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake: where it stands, what it changes, the lines of its statement, and whether it is in a function."""

    scope: str
    line: int
    before: str
    after: str
    lines: range
    tree: ast.Module


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place in the tree that holds a node, with what is around it."""

    holder: Any
    field: str
    index: int | None
    node: ast.AST
    shown: ast.AST
    scope: str
    lines: range

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.holder, self.field, node)
        else:
            getattr(self.holder, self.field)[self.index] = node


def mutants(source: str) -> Iterator[Mutant]:
    """Give the mutants one after the other. Their tree is the same object every time: use it at once."""
    tree = ast.parse(source)
    in_patterns = _pattern_texts(tree)
    for slot in list(_slots(tree, "", range(0))):
        before = ast.unparse(slot.shown)
        for other in _others(slot.node, is_pattern=id(slot.node) in in_patterns):
            slot.put(ast.fix_missing_locations(ast.copy_location(other, slot.node)))
            after = ast.unparse(other if slot.shown is slot.node else slot.shown)
            yield Mutant(slot.scope, getattr(slot.node, "lineno", slot.lines.start), before, after, slot.lines, tree)
        slot.put(slot.node)


def _slots(node: ast.AST, scope: str, lines: range) -> Iterator[_Slot]:
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list", "ctx"}:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if not isinstance(child, ast.AST) or _is_left_alone(child):
                continue
            within = f"{scope}.{child.name}" if isinstance(child, ast.FunctionDef | ast.ClassDef) else scope
            around = _lines(child) if isinstance(child, ast.stmt) else lines
            shown = node if isinstance(child, ast.Constant | ast.Name) and _is_short(node) else child
            yield _Slot(node, field, index, child, shown, scope.lstrip("."), around)
            yield from _slots(child, within, around)


def _is_short(node: ast.AST) -> bool:
    return isinstance(node, ast.expr) and len(ast.unparse(node)) < 120


def _is_left_alone(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) == "ValueError"
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.keyword):
        return node.arg == "strict"
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
        return name == "__all__" or _TYPE_NAME.fullmatch(name) is not None
    return False


def _lines(node: ast.stmt) -> range:
    """Lines of a statement without the statements in it."""
    inner = [each.lineno for each in ast.walk(node) if isinstance(each, ast.stmt) and each is not node]
    last = min(inner) - 1 if inner else node.end_lineno or node.lineno
    return range(node.lineno, max(last, node.lineno) + 1)


def _pattern_texts(tree: ast.Module) -> set[int]:
    """Text constants that are, or become, part of a regular expression."""
    calls = [call for call in ast.walk(tree) if isinstance(call, ast.Call) and ast.unparse(call.func) == "re.compile"]
    used = {name.id for call in calls for name in ast.walk(call) if isinstance(name, ast.Name)}
    named = [
        each.value
        for each in tree.body
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name) and each.targets[0].id in used
    ]
    found = (each for root in (*calls, *named) for each in ast.walk(root))
    return {id(each) for each in found if isinstance(each, ast.Constant) and isinstance(each.value, str | bytes)}


def _others(node: ast.AST, *, is_pattern: bool) -> Iterator[ast.AST]:
    """Give what could stand in the node's place by mistake."""
    if isinstance(node, ast.Constant):
        yield from (ast.Constant(value) for value in _values(node.value, is_pattern=is_pattern))
    elif isinstance(node, ast.stmt):
        yield from _statements(node)
    elif isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.BinOp):
        yield from _operations(node)
    elif isinstance(node, ast.Name) and node.id in _NAMES:
        yield ast.Name(_NAMES[node.id], node.ctx)
    elif isinstance(node, ast.Attribute) and node.attr in _NAMES:
        yield _with(node, attr=_NAMES[node.attr])
    elif isinstance(node, ast.IfExp):
        yield _with(node, test=_negated(node.test))
    else:
        yield from _shorter(node)


def _shorter(node: ast.AST) -> Iterator[ast.AST]:
    """Leave out a bound of a slice, a condition of a comprehension, a keyword of a call."""
    if isinstance(node, ast.Slice):
        yield from (_with(node, **{bound: None}) for bound in ("lower", "upper", "step") if getattr(node, bound))
    elif isinstance(node, ast.comprehension):
        yield from (_with(node, ifs=[each for each in node.ifs if each is not one]) for one in node.ifs)
    elif isinstance(node, ast.Call):
        given = [each for each in node.keywords if each.arg not in {None, "strict"}]
        yield from (_with(node, keywords=[each for each in node.keywords if each is not one]) for one in given)


def _values(value: object, *, is_pattern: bool) -> Iterator[int | str | bytes]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, bytes):
        if is_pattern:
            yield from (text.encode("latin-1") for text in patterns.changed(value.decode("latin-1")))
        else:
            yield b"XX" + value
    elif isinstance(value, str):
        if is_pattern:
            yield from patterns.changed(value)
        else:
            yield "XX" + value
            if _NO_LETTERS.fullmatch(value):  # a set of characters, more likely than a text
                yield from (value[:index] + value[index + 1 :] for index in range(len(value)))


def _operations(node: ast.Compare | ast.BoolOp | ast.UnaryOp | ast.BinOp) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            for other in _COMPARED[type(operator)]:
                yield _with(node, ops=[*node.ops[:index], other(), *node.ops[index + 1 :]])
    elif isinstance(node, ast.BoolOp):
        yield _with(node, op=ast.And() if isinstance(node.op, ast.Or) else ast.Or())
        for index in range(len(node.values)):
            left = node.values[:index] + node.values[index + 1 :]
            yield left[0] if len(left) == 1 else _with(node, values=left)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif type(node.op) in _COMPUTED:
        yield _with(node, op=_COMPUTED[type(node.op)]())


def _statements(node: ast.stmt) -> Iterator[ast.AST]:
    if isinstance(node, ast.Expr | ast.AugAssign | ast.Raise):
        yield ast.Pass()
    if isinstance(node, ast.AugAssign) and type(node.op) in _COMPUTED:
        yield _with(node, op=_COMPUTED[type(node.op)]())
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute | ast.Subscript):
        yield ast.Pass()
    elif isinstance(node, ast.Return):
        if node.value is None:
            yield ast.Pass()
        elif not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield ast.Return(_NOTHING)
    elif isinstance(node, ast.Continue):
        yield ast.Break()
    elif isinstance(node, ast.Break):
        yield ast.Continue()
    elif isinstance(node, ast.If | ast.While) and not isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp):
        yield _with(node, test=_negated(node.test))


def _negated(test: ast.expr) -> ast.expr:
    return test.operand if isinstance(test, ast.UnaryOp) else ast.UnaryOp(ast.Not(), test)


def _with(node: ast.AST, **changes: Any) -> ast.AST:
    return type(node)(**dict(ast.iter_fields(node)) | changes)
