"""What is supposed: each change of the law by itself, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from enclave_policies.law.suppositions import denying, ended, instruments, without

from console.argument_problem import argument_problem
from console.audit.judges import judges
from located_yaml import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from enclave_policies.law import Law


@dataclass(frozen=True)
class Asked:
    """What was asked: instruments to do without, countries to deny, and another day (None: today)."""

    without: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    day: date | None = None


@dataclass(frozen=True)
class Supposed:
    """A change of the law, in words, and the law with this change alone."""

    words: str
    law: Law


def refuse(asked: Asked, law: Law) -> None:
    """Raise ProblemsError where something is supposed of what the law does not have, or nothing is supposed."""
    known = instruments(law)
    problems: list[Problem] = [
        argument_problem("--without", f"the law has no '{name[:80]}'; it has {', '.join(known)}")
        for name in asked.without
        if name not in known
    ]
    problems += [
        argument_problem("--deny-country", f"the law knows no country '{code[:80]}'; give a code such as IE")
        for code in asked.denied
        if code not in law.countries
    ]
    if not (asked.without or asked.denied or asked.day):
        words = "nothing is supposed; give --without, --deny-country or --as-of"
        problems.append(argument_problem("whatif", words))
    if problems:
        raise ProblemsError(problems)


def supposed(asked: Asked, law: Law, classes: Sequence[str]) -> tuple[tuple[Supposed, ...], Law]:
    """Return every change by itself, and the law with all of them; ``classes`` are those of the data in the stack.

    Another day is told as what ends until then, one by one, and the day itself. Raises ProblemsError where the law
    cannot be read for that day.
    """
    alone = [Supposed(f"without {name}", without(law, name)) for name in asked.without]
    alone += [Supposed(f"with {_country(code, law)} denied", denying(law, code, classes)) for code in asked.denied]
    together = law
    if asked.day is not None:
        together = judges(None, asked.day).law
        alone += _until(law, asked.day)
        alone.append(Supposed(f"as of {asked.day}", together))
    for name in asked.without:
        together = without(together, name)
    for code in asked.denied:
        together = denying(together, code, classes)
    return tuple(alone), together


def _until(law: Law, day: date) -> Iterator[Supposed]:
    for name in ended(law, day):
        yield Supposed(f"as {name} ends before {day}", without(law, name))


def _country(code: str, law: Law) -> str:
    return f"{law.countries[code]} ({code})"
