"""The half of the table that a cluster decides: rows as data, asked of the API server in one request."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from located_yaml import load

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE: Final = Path(__file__).with_name("cluster.yaml")


@dataclass(frozen=True)
class Row:
    """One question: who does what on which resource (RESOURCE.GROUP) in which namespace ("": the cluster)."""

    who: str
    does: str
    on: str
    space: str
    expect: bool

    @property
    def person(self) -> dict[str, Any]:
        """The user's name and groups."""
        found: dict[str, Any] = load(FILE).data["people"][self.who]
        return found

    def review(self) -> dict[str, Any]:
        """Return the question as the API server takes it."""
        named, _, group = self.on.partition(".")
        resource, _, part = named.partition("/")
        asked = {"verb": self.does, "resource": resource, "group": group, "subresource": part, "namespace": self.space}
        told = {key: value for key, value in asked.items() if value}
        return {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {**self.person, "resourceAttributes": told},
        }

    def call(self) -> list[str] | None:
        """Return the words of kubectl that do it for real; None for what would change something or hang."""
        if self.does not in ("get", "list") or "/" in self.on:
            return None
        where = ["-n", self.space] if self.space else []
        groups = [word for group in self.person["groups"] for word in ("--as-group", group)]
        name = ["nobody-is-called-so"] if self.does == "get" else []
        return ["get", self.on, *name, *where, "--as", self.person["user"], *groups, "-o", "name"]


def rows() -> tuple[Row, ...]:
    """Return every row of the table, one for each person, verb, resource and namespace."""
    return tuple(_rows())


def _rows() -> Iterator[Row]:
    for raw in load(FILE).data["rows"]:
        assert raw["expect"] in ("yes", "no"), raw
        for who in raw["who"]:
            for does in raw["does"]:
                for on in raw["on"]:
                    for space in raw.get("in", [""]):
                        yield Row(who, does, on, space, raw["expect"] == "yes")


def document(asked: tuple[Row, ...]) -> str:
    """Return the questions as one list of objects."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": [row.review() for row in asked]})


def answers(text: str) -> list[bool]:
    """Return what the API server said of each, in their order; kubectl writes one object after another."""
    found: list[bool] = []
    reader, at = json.JSONDecoder(), 0
    while at < len(text.rstrip()):
        said, end = reader.raw_decode(text, at)
        found.append(bool(said["status"].get("allowed")))
        at = end + len(text[end:]) - len(text[end:].lstrip())
    return found
