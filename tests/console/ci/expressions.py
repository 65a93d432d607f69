"""The expressions of GitHub's workflows, as far as ours use them; anything else is an error.

Source: docs.github.com/actions/reference/workflows-and-actions/expressions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TOKEN: Final = re.compile(r"\s*('(?:[^']|'')*'|&&|\|\||==|!=|[!(),]|[A-Za-z_][\w.-]*)")
WHOLE: Final = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


@dataclass(frozen=True)
class Scope:
    """What an expression may name: contexts, as `github`, and functions."""

    contexts: Mapping[str, Any]
    functions: Mapping[str, Callable[..., Any]]

    def text(self, template: str) -> str:
        """Return a text with its expressions worked out."""
        return WHOLE.sub(lambda found: _shown(self.value(found[1])), template)

    def condition(self, template: str | None) -> bool:
        """Return whether a step or a job is to run; without a status function it asks for success, too."""
        whole = template is not None and WHOLE.fullmatch(template.strip())
        expression = whole[1] if whole else template or "success()"
        asks = any(f"{name}()" in expression for name in ("always", "cancelled", "success", "failure"))
        return bool(self.value(expression)) and (asks or bool(self.functions["success"]()))

    def value(self, expression: str) -> Any:
        """Return what an expression comes to."""
        tokens, end = [], 0
        while rest := expression[end:].strip():
            found = TOKEN.match(expression, end)
            assert found, f"the stand-in does not know: {rest}"
            tokens.append(found[1])
            end = found.end()
        parser = _Parser(self, tokens)
        result = parser.either()
        assert parser.at == len(tokens), tokens[parser.at :]
        return result


@dataclass
class _Parser:
    scope: Scope
    tokens: list[str]
    at: int = 0

    def either(self) -> Any:
        value = self.both()
        while self._is("||"):
            other = self.both()
            value = value or other
        return value

    def both(self) -> Any:
        value = self.equal()
        while self._is("&&"):
            other = self.equal()
            value = other if value else value
        return value

    def equal(self) -> Any:
        value = self.plain()
        for sign in ("==", "!="):
            if self._is(sign):
                return (value == self.plain()) is (sign == "==")
        return value

    def plain(self) -> Any:
        if self._is("!"):
            return not self.plain()
        if self._is("("):
            value = self.either()
            assert self._is(")")
            return value
        token = self.tokens[self.at]
        self.at += 1
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        return self._called(token) if self._is("(") else self._named(token)

    def _called(self, name: str) -> Any:
        given = []
        while not self._is(")"):
            given.append(self.either())
            self._is(",")
        return self.scope.functions[name](*given)

    def _named(self, path: str) -> Any:
        first, *rest = path.split(".")
        value = self.scope.contexts[first]
        for name in rest:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def _is(self, token: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at] == token:
            self.at += 1
            return True
        return False


def _shown(value: Any) -> str:
    return {None: "", True: "true", False: "false"}.get(value, value if isinstance(value, str) else str(value))
