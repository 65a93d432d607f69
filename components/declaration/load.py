"""Reads a declaration: the typed model, or every problem at once with file, line and column."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from components.declaration.checks import check
from components.declaration.model import AwsSite, ClientVpn, Declaration, KubernetesSite, Record, SiteToSite
from components.declaration.quotas import long_lists
from components.declaration.watching import WatchDeclaration, check_watching
from components.declaration.wording import shape_problem, shown_value
from components.declaration.words import LONGEST, cut
from located_yaml import Problem, ProblemsError, load
from located_yaml.problems import MOST

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from components.declaration.found import Found, Keys
    from located_yaml import Document

_tags: Mapping[str, Mapping[str, type[Record]]] = {
    "kind": {"aws": AwsSite, "kubernetes": KubernetesSite},
    "over": {"site-to-site": SiteToSite, "client-vpn": ClientVpn},
}
"""The key by which a record says what it is → each of its values, with the record."""
DECIDING = ("sandbox",)
"""What the rest is judged by: without it, whatever was found would only be a guess."""


def load_declaration(path: Path) -> Declaration:
    """Read one stack's declaration; ProblemsError carries everything that is wrong with it."""
    return located_declaration(path)[1]


def located_declaration(path: Path) -> tuple[Document, Declaration]:
    """Read one stack's declaration and where its parts stand; ProblemsError carries everything that is wrong."""
    document = load(path)
    if not isinstance(document.data, dict):
        raise ProblemsError([document.problem((), "is not a declaration; start with 'enclave: NAME'")])
    problems = [document.problem(at, message) for at, message in long_lists(document.data)]
    if problems:  # what is in them would be told item by item
        raise ProblemsError(problems)
    declaration = _validate(document, document.data, problems)
    if declaration is not None:
        found = (
            check_watching(declaration, document.data)
            if isinstance(declaration, WatchDeclaration)
            else check(declaration, document.data)
        )
        problems += [document.problem(at, message) for at, message in found]
    told = {problem.position for problem in problems}
    twice = (document.problem(at, message) for at, message in named_twice(document.data))
    problems += [each for each in twice if each.position not in told]
    if problems or declaration is None:
        raise ProblemsError(problems)
    return document, declaration


def _validate(document: Document, data: dict[str, Any], problems: list[Problem]) -> Declaration | None:
    """Return the model; with malformed parts left out, so that the rest can still be checked."""
    model = _model(data)
    empty = list(empty_parts(data))
    try:
        read = model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
    else:
        problems += [document.problem(at, message) for at, message in empty]
        return read
    problems += [_problem(document, detail, model) for detail in details[:MOST]]
    if len(details) > MOST:
        rest = f"and {len(details) - MOST:,} more problems; mend these first"
        problems.append(document.problem(_loc(details[MOST]["loc"]), rest))
    bad = [_loc(detail["loc"]) for detail in details]
    problems += [document.problem(at, message) for at, message in empty if at not in bad]
    if DECIDING in bad:
        return None
    try:
        return model.model_validate(_without(data, bad))
    except ValidationError:
        return None


def empty_parts(data: Any, at: Keys = ()) -> Iterator[Found]:
    """Yield each key without a value: whoever wrote it meant one, and it would count as absent."""
    if data is None:
        what = f"'{cut(at[-1])}'" if isinstance(at[-1], str) else "an item of this list"
        yield at, f"{what} is empty; give it a value, or remove it"
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from empty_parts(value, (*at, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from empty_parts(value, (*at, index))


def named_twice(data: Any, at: Keys = ()) -> Iterator[Found]:
    """Yield each text of a list that stands there before: names say nothing by being said twice.

    Numbers are no names. The two of `power_mw`, for one, may be the same, and ports have rules of their own.
    """
    if isinstance(data, dict):
        for key, value in data.items():
            yield from named_twice(value, (*at, key))
    elif isinstance(data, list):
        seen: set[str] = set()
        for index, value in enumerate(data):
            if isinstance(value, dict | list):
                yield from named_twice(value, (*at, index))
            elif isinstance(value, str):
                if value in seen:
                    yield (*at, index), f"{shown_value(value)} is named twice; name each once"
                seen.add(value)


def _model(data: Mapping[str, Any]) -> type[Declaration]:
    """Return what a file declares: an enclave, or the schedule of an inspector's own."""
    if "schedule" in data:
        return WatchDeclaration
    mistyped = "sites" not in data and get_close_matches("schedule", map(str, data), n=1)
    return WatchDeclaration if mistyped else Declaration


def _without(data: dict[str, Any], bad_keys: list[Keys]) -> dict[str, Any]:
    """Return a copy of the data without the top-level entries that hold a bad value."""
    bad = {at[:2] for at in bad_keys}
    result: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, dict):
            result[key] = {name: item for name, item in value.items() if (key, name) not in bad}
        elif isinstance(value, list):
            result[key] = [item for index, item in enumerate(value) if (key, index) not in bad]
        elif (key,) not in bad:
            result[key] = value
    return result


def _loc(loc: Keys) -> Keys:
    """Return pydantic's location without the parts that are no part of the file (union tags, map keys)."""
    match loc:
        case ("sites", site, kind, *rest) if kind in _tags["kind"]:
            loc = ("sites", site, *rest)
        case ("entries", number, "arrives", site, over, *rest) if over in _tags["over"]:
            loc = ("entries", number, "arrives", site, *rest)
    return tuple(part for part in loc if part != "[key]")


def _problem(document: Document, detail: ErrorDetails, model: type[Declaration]) -> Problem:
    at = _loc(detail["loc"])
    name, value = (at[-1] if at else ""), detail.get("input")
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            return document.problem(at, _unknown_key(str(name), detail["loc"], model))
        case "missing":
            return document.problem(at[:-1], f"'{name}' is missing; add it")
        case "union_tag_not_found":
            key, known = _tag(context)
            return document.problem(at, f"'{key}' is missing; add '{key}: {' | '.join(known)}'")
        case "union_tag_invalid":
            key, known = _tag(context)
            told = shown_value(value.get(key) if isinstance(value, dict) else value)
            return document.problem(at, f"{key} {told} is not known; one of {', '.join(known)}")
        case _:
            return document.problem(at, shape_problem(detail["type"], value, context, detail["msg"]))


def _tag(context: Mapping[str, Any]) -> tuple[str, Collection[str]]:
    """Return the key by which a record says what it is, and which values are known."""
    key = str(context["discriminator"]).strip("'")
    return key, _tags[key]


def _unknown_key(name: str, loc: Keys, model: type[Declaration]) -> str:
    known = _known_keys(loc, model)
    close = get_close_matches(name, known, n=1) if len(name) <= LONGEST else []
    hint = f"did you mean '{close[0]}'?" if close else f"known keys: {', '.join(known)}"
    return f"unknown key '{cut(name)}'; {hint}"


def _known_keys(loc: Keys, model: type[Declaration]) -> list[str]:
    """Return the keys of the record in which pydantic found an unknown one."""
    node = schema = _schema(model)
    for part in loc[:-1]:
        node = _resolve(schema, node)
        if "oneOf" in node:
            known = _tags[node["discriminator"]["propertyName"]]
            node = schema["$defs"][known[str(part)].__name__]
            continue
        node = node.get("properties", {}).get(part) or _entry(node)
    return sorted(_resolve(schema, node).get("properties", {}))


@cache
def _schema(model: type[Declaration]) -> dict[str, Any]:
    return model.model_json_schema()


def _entry(node: dict[str, Any]) -> Any:
    """Return the schema of a map's or list's entries."""
    by_pattern: dict[str, Any] = node.get("patternProperties", {})
    return next(iter(by_pattern.values()), None) or node.get("additionalProperties") or node.get("items") or {}


def _resolve(schema: dict[str, Any], node: Any) -> dict[str, Any]:
    if not isinstance(node, dict):
        return {}
    if "$ref" in node:
        return dict(schema["$defs"][node["$ref"].rsplit("/", 1)[-1]])
    if "anyOf" in node:
        return _resolve(schema, node["anyOf"][0])
    return node
