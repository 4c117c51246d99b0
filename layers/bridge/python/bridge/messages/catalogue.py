"""From a code to its sentence: the catalogues, their parameters and plurals."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from bridge.messages import formats
from bridge.problem import Finding, Param

_PARAM = re.compile(r"\{([a-z_]+)\}")


def title(code: str, params: Mapping[str, Param], language: str) -> str:
    """Give the title of a problem: the same for every occurrence."""
    return text("problems", f"{code}.title", params, language)


def detail(code: str, params: Mapping[str, Param], language: str) -> str:
    """Give the sentence of a problem: what happened, what it means for the data, what to do."""
    return text("problems", f"{code}.detail", params, language)


def finding(found: Finding, language: str) -> str:
    """Give the sentence of a finding; one that stands for several says how many."""
    sentence = text("findings", found.code, {"count": found.count, **found.params}, language)
    if found.count == 1 or "count" in params_of(_template("findings", found.code, found.count, language)):
        return sentence
    return f"{sentence} {text('words', 'times', {'count': found.count}, language)}"


def activity(code: str, params: Mapping[str, Param], language: str) -> str:
    """Give a line of the activity log. `who` names the user; `problem`, a problem's code, is shown by its title."""
    return text("activity", code, params, language)


def text(kind: str, code: str, params: Mapping[str, Param], language: str) -> str:
    """Give the text of a code in a section of the catalogue; dots lead further in (`connection.expired` in `states`).

    A code without a text is given as it is, and a parameter that is missing shows as a dash: an old line of a log
    must never stop a page. The tests see to it that neither happens with today's codes.
    """
    template = _template(kind, code, params.get("count"), language)
    return _PARAM.sub(lambda match: _shown(code, match[1], params, language), template)


def params_of(template: str) -> frozenset[str]:
    """List the parameters a text has."""
    return frozenset(_PARAM.findall(template))


@cache
def read(language: str) -> dict[str, Any]:
    """Read a language's catalogue, once."""
    found: dict[str, Any] = json.loads(resources.files(__package__).joinpath(f"{language}.json").read_text("utf-8"))
    return found


def _template(kind: str, code: str, count: Param | None, language: str) -> str:
    section: Any = read(language)[kind]
    for step in code.split("."):
        section = section if isinstance(section, str) else _plural(section, step, count)
    return section if isinstance(section, str) else code


def _plural(section: Mapping[str, Any], step: str, count: Param | None) -> Any:
    """Swedish and English have the same two forms: one, and any other number."""
    return section.get(step) or section.get(f"{step}_{'one' if count == 1 else 'other'}", {})


def _shown(code: str, name: str, params: Mapping[str, Param], language: str) -> str:
    """Show one parameter: a word of ours where it has one, else as its name says it is written."""
    value = params.get(name, "")
    if name == "problem":
        return title(str(value), params, language)
    if name == "finding":
        return text("findings", str(value), params, language)
    words = read(language)["words"]
    own = words.get(f"{code.partition('.')[0]}.{name}", words.get(name, {}))
    word = own.get(str(value)) if isinstance(own, dict) else None
    if word is None:
        return formats.shown(name, value, language)
    return _PARAM.sub(lambda match: formats.shown(match[1], params.get(match[1], ""), language), word)
