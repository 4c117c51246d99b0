from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from infra.local.cfn import Resolver, Resource, TemplateError

PSEUDO = {"AWS::Region": "eu-north-1", "AWS::AccountId": "1", "AWS::Partition": "aws"}


class Making:
    """Notes what it was asked to make, in order."""

    def __init__(self) -> None:
        self.made: dict[str, Mapping[str, Any]] = {}

    def __call__(self, logical: str, kind: str, properties: Mapping[str, Any]) -> Resource:
        self.made[logical] = properties
        return Resource(f"ref-{logical}", {"Arn": f"arn:{kind}:{logical}"})


def resolver(template: Mapping[str, Any], making: Making | None = None, **parameters: str) -> Resolver:
    return Resolver(template, making or Making(), PSEUDO, parameters)


TEMPLATE = {
    "Parameters": {"Stage": {"Type": "String", "Default": "test"}},
    "Mappings": {"Sizes": {"test": {"memory": 128}}},
    "Conditions": {
        "IsTest": {"Fn::Equals": [{"Ref": "Stage"}, "test"]},
        "IsProd": {"Fn::Not": [{"Condition": "IsTest"}]},
        "Either": {"Fn::Or": [{"Condition": "IsTest"}, {"Condition": "IsProd"}]},
        "Both": {"Fn::And": [{"Condition": "IsTest"}, {"Condition": "IsProd"}]},
    },
    "Resources": {"Queue": {"Type": "Q"}, "OnlyProd": {"Type": "Q", "Condition": "IsProd"}},
}


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Ref": "Stage"}, "test"),
        ({"Ref": "AWS::Region"}, "eu-north-1"),
        ({"Ref": "Queue"}, "ref-Queue"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:Q:Queue"),
        ({"Fn::GetAtt": "Queue.Arn"}, "arn:Q:Queue"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}, 1]]}, "a-test-1"),
        ({"Fn::Sub": "${AWS::Region}/${Queue}/${Queue.Arn}/${!kept}"}, "eu-north-1/ref-Queue/arn:Q:Queue/${kept}"),
        ({"Fn::Sub": ["${x}-${Stage}", {"x": {"Ref": "Queue"}}]}, "ref-Queue-test"),
        ({"Fn::Select": ["1", ["a", "b"]]}, "b"),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::If": ["IsTest", 1, 2]}, 1),
        ({"Fn::If": ["IsProd", 1, 2]}, 2),
        ({"Fn::If": ["Either", 1, 2]}, 1),
        ({"Fn::If": ["Both", 1, 2]}, 2),
        ({"Fn::Base64": "å"}, "w6U="),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "memory"]}, 128),
        ({"Fn::ToJsonString": {"a": {"Ref": "Stage"}}}, '{"a": "test"}'),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [1, {"Ref": "AWS::NoValue"}]}, {"b": [1]}),
        ({"a": {"Fn::If": ["IsProd", 1, {"Ref": "AWS::NoValue"}]}}, {}),
        ({"Condition": {"StringEquals": {"a": "b"}}}, {"Condition": {"StringEquals": {"a": "b"}}}),
    ],
)
def test_intrinsic_functions_resolve_as_in_cloudformation(node: Any, value: Any) -> None:
    assert resolver(TEMPLATE).value(node) == value


@pytest.mark.parametrize(
    ("node", "named"),
    [
        ({"Ref": "Nobody"}, "Nobody"),
        ({"Ref": "AWS::Nothing"}, "AWS::Nothing"),
        ({"Ref": "OnlyProd"}, "condition IsProd is false"),
        ({"Ref": "AWS::NoValue"}, "NoValue"),
        ({"Fn::GetAtt": ["Queue", "Colour"]}, "no attribute Colour"),
        ({"Fn::ImportValue": "other"}, "Fn::ImportValue"),
        ({"Fn::FindInMap": ["Sizes", "prod", "memory"]}, "Sizes"),
        ({"Fn::If": ["Never", 1, 2]}, "Never"),
        ("{{resolve:ssm:/x}}", "dynamic references"),
    ],
)
def test_what_the_resolver_does_not_know_is_an_error_that_names_it(node: Any, named: str) -> None:
    with pytest.raises(TemplateError, match=named):
        resolver(TEMPLATE).value(node)


def test_resources_are_made_after_what_they_refer_to_and_once() -> None:
    making = Making()
    resources = {
        "A": {"Type": "T", "Properties": {"b": {"Ref": "B"}}, "DependsOn": ["C"]},
        "B": {"Type": "T"},
        "C": {"Type": "T", "DependsOn": "B"},
    }
    made = resolver({"Resources": resources, "Outputs": {"O": {"Value": {"Ref": "A"}}}}, making)
    made.make_all()
    assert list(making.made) == ["B", "C", "A"]
    assert making.made["A"] == {"b": "ref-B"}
    assert made.outputs() == {"O": "ref-A"}


def test_resources_and_outputs_whose_condition_is_false_are_left_out() -> None:
    making = Making()
    template = {**TEMPLATE, "Outputs": {"O": {"Condition": "IsProd", "Value": {"Ref": "OnlyProd"}}}}
    made = resolver(template, making)
    assert set(made.make_all()) == {"Queue"}
    assert made.outputs() == {}
    assert set(resolver(TEMPLATE, making, Stage="prod").make_all()) == {"Queue", "OnlyProd"}


def test_a_circular_reference_is_told_as_such() -> None:
    resources = {name: {"Type": "T", "Properties": {"x": {"Ref": other}}} for name, other in (("A", "B"), ("B", "A"))}
    with pytest.raises(TemplateError, match="A -> B -> A"):
        resolver({"Resources": resources}).make_all()


@pytest.mark.parametrize(
    "template",
    [
        {"Resources": {}, "Transform": "AWS::Serverless"},
        {"Resources": {"A": {"Type": "T", "CreationPolicy": {}}}},
        {"Resources": {}, "Parameters": {"Needed": {"Type": "String"}}},
    ],
)
def test_unknown_sections_attributes_and_missing_parameters_are_errors(template: dict[str, Any]) -> None:
    with pytest.raises(TemplateError):
        resolver(template).make_all()


def test_a_parameter_that_the_template_does_not_have_is_an_error() -> None:
    with pytest.raises(TemplateError, match="Colour"):
        resolver(TEMPLATE, Colour="red")
