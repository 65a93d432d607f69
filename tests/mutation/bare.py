"""Lay a module's decisions bare for mutmut, which leaves decorated functions alone and mutates words for people.

What the module answers stays the same. A cache or a property stands over a plain function, which is mutated; sentences
become f-strings, whose words mutmut does not change.
"""

from __future__ import annotations

import re
from typing import Final

import libcst as cst
import libcst.matchers as m

_CACHES: Final = m.Name("cache") | m.Name("lru_cache") | m.Call(func=m.Name("lru_cache"))
_PROPERTIES: Final = m.Name("property") | m.Name("cached_property")
_METHODS: Final = m.Name("staticmethod") | m.Name("classmethod")
_SENTENCE: Final = re.compile(r"[A-Za-z]+[,;:]? [A-Za-z(]")


def bare(source: str) -> str:
    """Return the module with plain functions below caches and properties, and with its sentences as f-strings."""
    return cst.parse_module(source).visit(_Bare()).code


def left_alone(source: str) -> list[str]:
    """Return the functions of a bare module that mutmut leaves alone: those that still have a decorator."""
    found = [cst.ensure_type(node, cst.FunctionDef) for node in m.findall(cst.parse_module(source), m.FunctionDef())]
    kept = [node for node in found if any(not m.matches(each.decorator, _METHODS) for each in node.decorators)]
    return [node.name.value for node in kept]


class _Bare(cst.CSTTransformer):
    def leave_FunctionDef(  # noqa: N802 (libcst's name)
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement]:
        del original_node
        if len(updated_node.decorators) != 1 or not m.matches(
            updated_node.decorators[0].decorator, _CACHES | _PROPERTIES
        ):
            return updated_node
        name = updated_node.name.value
        plain = updated_node.with_changes(decorators=[], name=cst.Name(f"{name}_"))
        over = cst.Module([]).code_for_node(updated_node.decorators[0].decorator)
        return cst.FlattenSentinel([plain, cst.parse_statement(f"{name} = {over}({name}_)")])

    def leave_SimpleString(  # noqa: N802 (libcst's name)
        self, original_node: cst.SimpleString, updated_node: cst.SimpleString
    ) -> cst.BaseExpression:
        del original_node
        quote = updated_node.quote
        if updated_node.prefix or len(quote) > 1 or not _SENTENCE.search(updated_node.raw_value):
            return updated_node
        text = updated_node.raw_value.replace("{", "{{").replace("}", "}}")
        parts = [cst.FormattedStringText(text)]
        return cst.FormattedString(parts, start=f"f{quote}", end=quote, lpar=updated_node.lpar, rpar=updated_node.rpar)
