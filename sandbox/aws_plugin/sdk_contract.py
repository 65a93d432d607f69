"""Write `sdk_contract.json`: what the pulumi-aws SDK declares for the types in our tables.

Run as `python -m sandbox.aws_plugin.sdk_contract` after a change of the SDK's version or of the tables. The plugin
reads the file because importing the SDK's modules takes over a second; a test fails when the file is stale.

A type is written as `str`, `bool`, `int`, `float`, `json` (a JSON document, as text or as an object), `[T]`, `{T}`, or
the name of a nested type; a trailing `!` marks an input that must be given.
"""

import importlib
import inspect
import json
import sys
import typing
from collections.abc import Awaitable, Mapping, Sequence
from enum import Enum
from importlib import metadata
from keyword import iskeyword
from types import UnionType
from typing import Any

import pulumi

from sandbox.aws_plugin.contract import CONTRACT_FILE

_SCALARS = {str: "str", bool: "bool", int: "int", float: "float"}


def _hint(getter: Any) -> Any:
    """The return type of a property's getter, resolved in the SDK module that defines it."""
    names = {**vars(sys.modules[getter.__module__]), "Output": pulumi.Output, "T": Any}
    for module in ("pulumi_aws.iam", "pulumi_aws.iam._inputs"):
        names = {**vars(importlib.import_module(module)), **names}
    return typing.get_type_hints(getter, names)["return"]


def _properties(cls: type) -> dict[str, Any]:
    getters = (member.fget for member in vars(cls).values() if isinstance(member, property))
    named = ((getattr(getter, "_pulumi_name", None), getter) for getter in getters)
    return {name: getter for name, getter in named if name}


class _Collector:
    """Writes types in the notation of the contract and gathers the nested types it meets."""

    def __init__(self) -> None:
        self.types: dict[str, dict[str, str]] = {}

    def notation(self, hint: Any) -> str:
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if hint in _SCALARS:
            return _SCALARS[hint]
        if origin in (typing.Union, UnionType):
            return self._union(arguments)
        if origin is pulumi.Output:
            return self.notation(arguments[0])
        if origin in (Sequence, list):
            return f"[{self.notation(arguments[0])}]"
        if origin in (Mapping, dict):
            return f"{{{self.notation(arguments[1])}}}"
        if inspect.isclass(hint) and issubclass(hint, Enum):
            return "str"
        if inspect.isclass(hint) and hint.__module__.startswith("pulumi_aws."):
            return self._nested(hint)
        return "any"

    def _union(self, choices: Sequence[Any]) -> str:
        plain = [c for c in choices if c is not type(None) and typing.get_origin(c) not in (pulumi.Output, Awaitable)]
        if str in plain and len(plain) > 1:
            return "str" if any(inspect.isclass(c) and issubclass(c, Enum) for c in plain) else "json"
        return self.notation(plain[0]) if len(plain) == 1 else "any"

    def _nested(self, cls: type) -> str:
        name = f"{cls.__module__.split('.')[1]}.{cls.__name__}"
        if name not in self.types:
            self.types[name] = {}
            self.types[name] = self.fields(cls)
        return name

    def fields(self, cls: type) -> dict[str, str]:
        required = {
            name
            for name, parameter in inspect.signature(cls.__init__).parameters.items()  # type: ignore[misc]
            if parameter.default is inspect.Parameter.empty
        }
        return {
            wire: self.notation(_hint(getter)) + ("!" if getter.__name__ in required else "")
            for wire, getter in sorted(_properties(cls).items())
        }


def _package(module: str) -> str:
    """Return what the SDK calls a module: a word of Python's own gets an underscore."""
    return f"{module}_" if iskeyword(module) else module


def contract(tokens: Sequence[str]) -> dict[str, Any]:
    """The SDK's declared inputs and outputs of `tokens` (such as `aws:ec2/vpc:Vpc`) and of the provider."""
    collector = _Collector()
    resources = {}
    for token in sorted(tokens):
        _, module, name = token.split(":")
        cls = getattr(importlib.import_module(f"pulumi_aws.{_package(module.split('/')[0])}"), name)
        # The SDK says InitArgs where Args is taken: s3.BucketVersioningArgs is a nested type of Bucket.
        declared_in = sys.modules[cls.__module__]
        arguments = getattr(declared_in, f"{name}InitArgs", None) or getattr(declared_in, f"{name}Args")
        resources[token] = {
            "inputs": collector.fields(arguments),
            "outputs": {wire: collector.notation(_hint(g)) for wire, g in sorted(_properties(cls).items())},
        }
    provider = collector.fields(importlib.import_module("pulumi_aws.provider").ProviderArgs)
    return {
        "version": metadata.version("pulumi-aws"),
        "provider": provider,
        "resources": resources,
        "types": dict(sorted(collector.types.items())),
    }


def text(tokens: Sequence[str]) -> str:
    """The contract file's content for `tokens`."""
    return json.dumps(contract(tokens), indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Write the contract file for every type in the tables."""
    tables = importlib.import_module("sandbox.aws_plugin.registry")
    CONTRACT_FILE.write_text(text(sorted(tables.EVERY_TYPE)), encoding="utf-8")


if __name__ == "__main__":
    main()
