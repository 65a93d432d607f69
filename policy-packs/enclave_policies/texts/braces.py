"""Configuration in blocks with braces: HCL (Vault, Nomad), Grafana Alloy's language, Logstash's pipelines.

``seal "awskms" { region = "…" }`` becomes {seal: {awskms: {region: …}}}; what stands in an ``if`` stands in its block.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.texts.trees import merge, put

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r]+|\#[^\n]*|//[^\n]*)|(?P<line>\n)|(?P<sign>=>|[{}\[\](),=:])
    |(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`[^`]*`)|(?P<word>(?:\$\{[^}\n]*\}|[^\s{}\[\](),=:;"'`\#])+)""",
    re.VERBOSE,
)
HEREDOC: Final = re.compile(r"<<[-~]?(\w+)[ \t]*\n")
REFERENCE: Final = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+)+")
"""A word without quotes that names another value of the program's: no host, though it has dots."""
LATER: Final = "${}"
"""What stands for a value that the program puts together."""
OPENING, CLOSING, ENDS = frozenset("(["), frozenset(")]"), frozenset({"]", "}", ",", "=", "=>"})
CONDITIONS: Final = frozenset({"if", "else"})
DEEPEST: Final = 100


class Token(NamedTuple):
    """One token: ``kind`` is line, sign, text or word."""

    kind: str
    text: str


class _NotOfThisForm(Exception):  # noqa: N818 (it is no error, another form is tried)
    """The text is written in another language."""


def braces(text: str) -> dict[str, Any] | None:
    """Return the blocks of a text, None for one of another form. Raises RecursionError for blocks without end."""
    if "{" not in text:
        return None
    try:
        parser = _Parser(list(_tokens(text)))
        root = parser.body(0)
        parser.end()
    except _NotOfThisForm:
        return None
    return root if any(isinstance(value, dict | list) for value in root.values()) else None


def _tokens(text: str) -> Iterator[Token]:
    here = 0
    while here < len(text):
        if text.startswith("/*", here):
            here = _after(text, "*/", here)
            continue
        begun = HEREDOC.match(text, here)
        if begun:
            end = re.compile(rf"\n[ \t]*{begun[1]}[ \t]*(?=\n|\Z)").search(text, begun.end() - 1)
            if end is None:
                raise _NotOfThisForm
            yield Token("text", text[begun.end() : end.start()])
            here = end.end()
            continue
        found = TOKEN.match(text, here)
        if found is None:
            raise _NotOfThisForm
        here = found.end()
        kind = str(found.lastgroup)
        if kind == "text":
            yield Token(kind, found[0][1:-1])
        elif kind != "space":
            yield Token(kind, found[0])


def _after(text: str, end: str, here: int) -> int:
    found = text.find(end, here)
    if found < 0:
        raise _NotOfThisForm
    return found + len(end)


class _Parser:
    """Reads tokens one after the other, each once."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.here = 0

    def end(self) -> None:
        """Raise where something is left: a brace too many."""
        if self.here < len(self.tokens):
            raise _NotOfThisForm

    def body(self, depth: int) -> dict[str, Any]:
        """Read settings and blocks up to the closing brace, which stays."""
        if depth > DEEPEST:
            raise RecursionError
        made: dict[str, Any] = {}
        while self.here < len(self.tokens):
            if self._is_sign("}"):
                break
            if self._peek().kind == "line" or self._is_sign(","):
                self.here += 1
            else:
                self._statement(made, depth)
        return made

    def _statement(self, made: dict[str, Any], depth: int) -> None:
        name = self._next("word", "text")
        if name.kind == "word" and name.text in CONDITIONS:
            while not self._is_sign("{"):
                self.here += 1
                self._peek()
            for key, value in self._block(depth).items():
                put(made, key, value)
            return
        if self._is_sign("=", "=>", ":"):
            self.here += 1
            put(made, name.text, self._value(depth))
            return
        labels = []
        while self._peek().kind in ("word", "text"):
            labels.append(self._next("word", "text").text)
        inner: Any = self._block(depth)
        for label in reversed(labels):
            inner = {label: inner}
        (merge if labels else put)(made, name.text, inner)

    def _block(self, depth: int) -> dict[str, Any]:
        self._sign("{")
        made = self.body(depth + 1)
        self._sign("}")
        return made

    def _value(self, depth: int) -> Any:
        if depth > DEEPEST:
            raise RecursionError
        while self._peek().kind == "line":
            self.here += 1
        if self._is_sign("{"):
            return self._block(depth)
        if self._is_sign("["):
            self.here += 1
            items = []
            while not self._is_sign("]"):
                if self._peek().kind == "line" or self._is_sign(","):
                    self.here += 1
                else:
                    items.append(self._value(depth + 1))
            self.here += 1
            return items
        parts = [self._next("word", "text"), *self._rest()]
        if len(parts) == 1:
            return parts[0].text if parts[0].kind == "text" or not REFERENCE.fullmatch(parts[0].text) else LATER
        return [token.text for token in parts if token.kind == "text"] or LATER

    def _rest(self) -> Iterator[Token]:
        """Read what follows in an expression: operators, a function's arguments, the key of a reference."""
        depth = 0
        while self.here < len(self.tokens):
            token = self.tokens[self.here]
            if token.kind == "line" or (depth == 0 and token.kind == "sign" and token.text in ENDS):
                return
            if token.kind == "sign":
                depth += (token.text in OPENING) - (token.text in CLOSING)
            self.here += 1
            yield token

    def _peek(self) -> Token:
        if self.here >= len(self.tokens):
            raise _NotOfThisForm
        return self.tokens[self.here]

    def _is_sign(self, *signs: str) -> bool:
        if self.here >= len(self.tokens):
            raise _NotOfThisForm
        kind, text = self.tokens[self.here]
        return kind == "sign" and text in signs

    def _next(self, *kinds: str) -> Token:
        token = self._peek()
        if token.kind not in kinds:
            raise _NotOfThisForm
        self.here += 1
        return token

    def _sign(self, sign: str) -> None:
        if not self._is_sign(sign):
            raise _NotOfThisForm
        self.here += 1
