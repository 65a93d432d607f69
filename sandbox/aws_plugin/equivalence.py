"""When two values mean the same, though they are written differently."""

import json
from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws_plugin.inputs import PLAIN, Input
from sandbox.aws_plugin.wire import UNKNOWN, contains_unknown

# Fields of a policy statement in which one text and a list of one text are the same, and order means nothing.
_LISTS: Final = frozenset({"Action", "NotAction", "Resource", "NotResource"})
_SUBTREES: Final = frozenset({"Principal", "NotPrincipal", "Condition"})


def is_empty(value: Any) -> bool:
    """Whether AWS makes no difference between `value` and an absent one."""
    return value is None or bool(value in (False, "", [], {}))


def equivalent(wanted: Any, known: Any, spec: Input = PLAIN) -> bool:
    """Whether `known` already is what is wanted. In objects, only the wanted fields count: AWS fills in the others."""
    if contains_unknown(wanted) or contains_unknown(known):
        return False
    if spec.document and isinstance(wanted, str) and isinstance(known, str):
        return bool(canonical_document(wanted) == canonical_document(known))
    if spec.canonical and wanted and known:
        return bool(spec.canonical(wanted) == spec.canonical(known))
    return _same(wanted, known, spec.unordered)


def _same(wanted: Any, known: Any, unordered: bool = False) -> bool:
    if wanted is UNKNOWN or known is UNKNOWN:
        return False
    if is_empty(wanted) or is_empty(known):
        return is_empty(wanted) and is_empty(known)
    if isinstance(wanted, Mapping) and isinstance(known, Mapping):
        return all(_same(value, known.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(known, list):
        if len(wanted) != len(known):
            return False
        return _same_sets(wanted, known) if unordered else all(map(_same, wanted, known))
    return bool(_text(wanted) == _text(known))


def _same_sets(wanted: list[Any], known: list[Any]) -> bool:
    left = list(known)
    for item in wanted:
        match = next((i for i, other in enumerate(left) if _same(item, other)), None)
        if match is None:
            return False
        del left[match]
    return True


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def canonical_document(text: str) -> Any:
    """A JSON document with the freedoms of AWS's policies removed; a text that is not JSON stays as it is."""
    try:
        return _canonical(json.loads(text))
    except ValueError:
        return text


def _canonical(value: Any, *, listed: bool = False, key: str = "") -> Any:
    if key == "Statement" and not isinstance(value, list):
        value = [value]
    if isinstance(value, dict):
        inside = listed or key in _SUBTREES
        return {k: _canonical(v, listed=inside or k in _LISTS, key=k) for k, v in value.items()}
    if isinstance(value, list):
        items = [_canonical(item) for item in value]
        return sorted(map(str, items)) if listed else items
    return [_text(value)] if listed else value


def settled(answer: Any, known: Any, spec: Input = PLAIN) -> Any:
    """AWS's answer written as it was known before, wherever that means the same: only real changes show."""
    if is_empty(answer) and is_empty(known):
        return answer if known is None else known
    if isinstance(answer, str) or spec.canonical:
        return known if equivalent(known, answer, spec) else answer
    if isinstance(answer, Mapping) and isinstance(known, Mapping):
        return {key: settled(value, known.get(key)) for key, value in answer.items()}
    if isinstance(answer, list) and isinstance(known, list):
        ordered = _in_order_of(known, answer) if spec.unordered else answer
        before = [*known, *[None] * len(ordered)]
        return [settled(item, before[i]) for i, item in enumerate(ordered)]
    return answer


def _in_order_of(known: list[Any], answer: list[Any]) -> list[Any]:
    left, ordered = list(answer), []
    for item in known:
        match = next((i for i, other in enumerate(left) if _same(item, other)), None)
        if match is not None:
            ordered.append(left.pop(match))
    return ordered + left
