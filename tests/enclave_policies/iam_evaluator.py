"""A small evaluator of IAM policy documents, as far as service control policies of ours need it.

Source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators". It stops at any
element or operator that it does not know, so that no test passes because something was skipped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

ELEMENTS = {"Sid", "Effect", "Action", "NotAction", "Resource", "Condition"}
FULL_ACCESS = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@dataclass(frozen=True)
class Request:
    """One call: its action, the region of the endpoint that it is sent to, its resource and further condition keys."""

    action: str
    region: str
    resource: str = "*"
    keys: Mapping[str, str | list[str]] = field(default_factory=dict)

    def value(self, key: str) -> str | list[str] | None:
        """Return a condition key of the request, None where it has none."""
        return self.region if key == "aws:RequestedRegion" else self.keys.get(key)


def denied(request: Request, documents: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether the documents, attached beside FullAWSAccess, deny a request."""
    statements = [statement for document in (*documents, FULL_ACCESS) for statement in document["Statement"]]
    effects = {statement["Effect"] for statement in statements if matches(request, statement)}
    return "Deny" in effects or "Allow" not in effects


def matches(request: Request, statement: Mapping[str, Any]) -> bool:
    """Return whether a statement speaks of a request."""
    assert statement.keys() <= ELEMENTS, statement.keys() - ELEMENTS
    assert ("Action" in statement) != ("NotAction" in statement)
    if "Action" in statement:
        spoken_of = _named(request.action, statement["Action"])
    else:
        spoken_of = not _named(request.action, statement["NotAction"])
    return (
        spoken_of
        and _named(request.resource, statement["Resource"])
        and all(
            _OPERATORS[operator](request.value(key), _list(values))
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _named(text: str, patterns: str | list[str]) -> bool:
    return any(fnmatchcase(text.lower(), pattern.lower()) for pattern in _list(patterns))


def _list(value: str | list[str] | None) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


# A negated operator is true, and a set operator ForAnyValue false, where the request has no such key.
_OPERATORS: Mapping[str, Callable[[str | list[str] | None, list[str]], bool]] = {
    "StringNotEquals": lambda value, wanted: value not in wanted,
    "Bool": lambda value, wanted: value in wanted,
    "ArnNotLike": lambda value, wanted: not (isinstance(value, str) and any(fnmatchcase(value, w) for w in wanted)),
    "ForAnyValue:StringNotEquals": lambda value, wanted: any(item not in wanted for item in _list(value)),
}
