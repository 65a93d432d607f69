"""Which lines of a module a mutant changes, and which checks run them: only those can notice it."""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.mutation.switches import ORIGINAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True)
class Module:
    """A mutated module: its lines, and where each original and each mutant stands (from line, to line)."""

    lines: Sequence[str]
    spans: Mapping[str, tuple[int, int]]
    heads: Sequence[range]

    @classmethod
    def of(cls, code: str, spans: Mapping[str, tuple[int, int]]) -> Module:
        """Return the module of this code."""
        return cls(code.splitlines(), spans, sorted(_heads(code), key=len))

    def original(self, mutant: str) -> range:
        """Return the lines of the function that a mutant stands in for."""
        first, last = self.spans[f"{function_of(mutant)}_{ORIGINAL}"]
        return range(first, last + 1)

    def changes(self, mutant: str) -> tuple[str, str, frozenset[int]]:
        """Return what the original has in other words, what the mutant has, and the lines of the statements there."""
        function, original = function_of(mutant), self.original(mutant)
        first, last = self.spans[mutant]
        old = [self.lines[number - 1].replace(f"{function}_{ORIGINAL}", function) for number in original]
        new = [line.replace(mutant, function) for line in self.lines[first - 1 : last]]
        before, after, touched = [], [], set[int]()
        for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if what != "equal":
                before += old[a:b]
                after += new[c:d]
                touched.update(original[a : max(b, a + 1)])
        statements = {number for line in touched for number in self._statement(line, original)}
        return _words(before), _words(after), frozenset(statements)

    def _statement(self, line: int, function: range) -> range:
        head = next((head for head in self.heads if line in head), range(line, line + 1))
        return function if function.start in head else head  # what stands in the signature matters everywhere


def function_of(mutant: str) -> str:
    """Return the name, as mutmut writes it, of the function that a mutant stands in for."""
    return mutant.partition("__mutmut_")[0]


def _heads(code: str) -> Iterator[range]:
    """Yield the lines of each statement without the statements inside it."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            yield range(node.lineno, max(node.lineno + 1, body[0].lineno) if body else (node.end_lineno or 0) + 1)


def _words(lines: Sequence[str]) -> str:
    return " ".join(line.strip() for line in lines if line.strip())
