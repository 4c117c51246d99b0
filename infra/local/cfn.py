"""CloudFormation's intrinsic functions, resolved lazily: a resource is made when something first refers to it.

The resolver knows nothing of AWS services. It asks its `Maker` for a resource and gets back what `Ref` and `Fn::GetAtt`
answer for it. Whatever it does not know (a function, a section, a reference) is an error that names it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

_SECTIONS = frozenset(
    ("AWSTemplateFormatVersion", "Conditions", "Description", "Mappings", "Metadata", "Outputs", "Parameters", "Rules")
)
_ATTRIBUTES = frozenset(("Condition", "DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type"))
_IGNORED_ATTRIBUTES = frozenset(("UpdateReplacePolicy",))  # nothing is ever replaced locally
_NOTHING = object()  # what AWS::NoValue becomes until its key is dropped
_VARIABLE = re.compile(r"\$\{([^}]*)\}")


class TemplateError(Exception):
    """The template holds something the local stack does not know; the message names it."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A provisioned resource: what `Ref` gives, and what `Fn::GetAtt` gives by attribute name."""

    ref: str
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


Maker = Callable[[str, str, Mapping[str, Any]], Resource]
"""(logical id, type, resolved properties) -> the resource, made or found."""


class Resolver:
    """One template with its parameters; `pseudo` are the AWS::* values (Region, AccountId, StackName, …)."""

    def __init__(
        self,
        template: Mapping[str, Any],
        maker: Maker,
        pseudo: Mapping[str, str],
        parameters: Mapping[str, str] | None = None,
    ) -> None:
        unknown = set(template) - _SECTIONS - {"Resources"}
        if unknown:
            raise TemplateError(f"unknown template sections: {', '.join(sorted(unknown))}")
        self._template = template
        self._maker = maker
        self._names: dict[str, Any] = {**pseudo, **self._parameters(parameters or {})}
        self._made: dict[str, Resource] = {}
        self._making: list[str] = []
        self._conditions: dict[str, bool] = {}

    def _parameters(self, given: Mapping[str, str]) -> dict[str, Any]:
        declared = self._template.get("Parameters", {})
        if extra := set(given) - set(declared):
            raise TemplateError(f"the template has no parameters {', '.join(sorted(extra))}")
        values = {name: given.get(name, about.get("Default", _NOTHING)) for name, about in declared.items()}
        if missing := [name for name, value in values.items() if value is _NOTHING]:
            raise TemplateError(f"parameters without a value: {', '.join(missing)}")
        return values

    def make_all(self) -> dict[str, Resource]:
        """Make every resource whose condition holds, each after what it refers to."""
        for logical, about in self._template.get("Resources", {}).items():
            if self._exists(about):
                self.resource(logical)
        return dict(self._made)

    def outputs(self) -> dict[str, Any]:
        """Give the outputs by their logical names."""
        shown = {name: about for name, about in self._template.get("Outputs", {}).items() if self._exists(about)}
        return {name: self.value(about["Value"]) for name, about in shown.items()}

    def resource(self, logical: str) -> Resource:
        """Give the resource of that logical id, made now if it was not yet."""
        if logical in self._made:
            return self._made[logical]
        about = self._template.get("Resources", {}).get(logical)
        if about is None:
            raise TemplateError(f"reference to {logical}, which is neither a resource nor a parameter")
        if not self._exists(about):
            raise TemplateError(f"reference to {logical}, whose condition {about['Condition']} is false")
        if logical in self._making:
            raise TemplateError(f"circular reference: {' -> '.join([*self._making, logical])}")
        self._making.append(logical)
        self._made[logical] = self._make(logical, about)
        self._making.pop()
        return self._made[logical]

    def _make(self, logical: str, about: Mapping[str, Any]) -> Resource:
        if unknown := set(about) - _ATTRIBUTES - _IGNORED_ATTRIBUTES:
            raise TemplateError(f"{logical}: unknown resource attributes {', '.join(sorted(unknown))}")
        depends = about.get("DependsOn", [])
        for other in [depends] if isinstance(depends, str) else depends:
            self.resource(other)
        return self._maker(logical, about["Type"], self.value(about.get("Properties", {})))

    def _exists(self, about: Mapping[str, Any]) -> bool:
        return "Condition" not in about or self.condition(about["Condition"])

    def condition(self, name: str) -> bool:
        """Whether the named condition holds."""
        if name not in self._conditions:
            rules = self._template.get("Conditions", {})
            if name not in rules:
                raise TemplateError(f"unknown condition {name}")
            self._conditions[name] = bool(self.value(rules[name]))
        return self._conditions[name]

    def value(self, node: Any) -> Any:
        """Give the node with every intrinsic function replaced by its value."""
        resolved = self._resolve(node)
        if resolved is _NOTHING:
            raise TemplateError("AWS::NoValue stands where a value is needed")
        return resolved

    def _resolve(self, node: Any) -> Any:
        if isinstance(node, str):
            if "{{resolve:" in node:
                raise TemplateError(f"dynamic references are not supported: {node}")
            return node
        if isinstance(node, list):
            return [value for value in map(self._resolve, node) if value is not _NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            if name in ("Ref", "Condition") and isinstance(argument, str):
                return self._reference(argument) if name == "Ref" else self.condition(argument)
            if name.startswith("Fn::"):
                return self._call(name, argument)
        values = {key: self._resolve(value) for key, value in node.items()}
        return {key: value for key, value in values.items() if value is not _NOTHING}

    def _reference(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NOTHING
        if name in self._names:
            return self._names[name]
        if name.startswith("AWS::"):
            raise TemplateError(f"unknown pseudo parameter {name}")
        return self.resource(name).ref

    def _attribute(self, logical: str, attribute: str) -> str:
        attributes = self.resource(logical).attributes
        if attribute not in attributes:
            raise TemplateError(f"{logical} has no attribute {attribute} here; it has {sorted(attributes)}")
        return attributes[attribute]

    def _call(self, name: str, argument: Any) -> Any:
        lazy = {"Fn::If": self._if, "Fn::Sub": self._sub, "Fn::GetAtt": self._get_attribute}
        if name in lazy:
            return lazy[name](argument)
        if name not in _FUNCTIONS:
            raise TemplateError(f"unknown intrinsic function {name}")
        values = self.value(argument)
        if name == "Fn::FindInMap":
            return self._find_in_map(*values)
        return _FUNCTIONS[name](values)

    def _get_attribute(self, argument: Any) -> str:
        logical, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        return self._attribute(logical, attribute)

    def _if(self, argument: list[Any]) -> Any:
        name, then, otherwise = argument
        return self._resolve(then if self.condition(name) else otherwise)

    def _sub(self, argument: Any) -> str:
        text, given = (argument, {}) if isinstance(argument, str) else argument
        values = self.value(given)

        def one(match: re.Match[str]) -> str:
            name = match.group(1)
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in values:
                return str(values[name])
            return str(self._attribute(*name.split(".", 1)) if "." in name else self._reference(name))

        return _VARIABLE.sub(one, text)

    def _find_in_map(self, table: str, top: str, second: str) -> Any:
        try:
            return self._template.get("Mappings", {})[table][top][second]
        except KeyError:
            raise TemplateError(f"the mapping {table} has nothing at {top}, {second}") from None


def _join(argument: list[Any]) -> str:
    separator, parts = argument
    return str(separator).join(str(part) for part in parts)


_FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "Fn::And": all,
    "Fn::Base64": lambda text: base64.b64encode(text.encode()).decode(),
    "Fn::Equals": lambda pair: pair[0] == pair[1],
    "Fn::FindInMap": lambda _: None,  # needs the template's mappings: called above
    "Fn::Join": _join,
    "Fn::Not": lambda one: not one[0],
    "Fn::Or": any,
    "Fn::Select": lambda pair: pair[1][int(pair[0])],
    "Fn::Split": lambda pair: pair[1].split(pair[0]),
    "Fn::ToJsonString": json.dumps,
}
