"""What the pulumi-aws SDK declares for the types in our tables (written by `sdk_contract`)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

CONTRACT_FILE: Final = Path(__file__).with_name("sdk_contract.json")


@dataclass(frozen=True)
class Contract:
    """Names and types of properties; the notation of a type is described in `sdk_contract`."""

    version: str
    provider: Mapping[str, str]
    resources: Mapping[str, Mapping[str, Mapping[str, str]]]
    types: Mapping[str, Mapping[str, str]]

    def inputs(self, token: str) -> Mapping[str, str]:
        """The declared inputs of a resource type; a trailing `!` marks a required one."""
        return self.resources[token]["inputs"]

    def outputs(self, token: str) -> Mapping[str, str]:
        """The declared outputs of a resource type."""
        return self.resources[token]["outputs"]


@cache
def contract() -> Contract:
    """The contract of the pinned SDK."""
    return Contract(**json.loads(CONTRACT_FILE.read_text(encoding="utf-8")))


def is_list(notation: str) -> bool:
    """Whether the type is a list, `[T]`."""
    return notation.startswith("[")


def is_map(notation: str) -> bool:
    """Whether the type is a map with free keys, `{T}`."""
    return notation.startswith("{")


def element(notation: str) -> str:
    """`T` of `[T]` or `{T}`."""
    return notation.removesuffix("!")[1:-1]


def fields(notation: str) -> Mapping[str, str] | None:
    """The fields of a nested type, or None for any other type."""
    return contract().types.get(notation.removesuffix("!"))
