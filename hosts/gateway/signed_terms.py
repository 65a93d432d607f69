"""What grants and approvals have in common: fields in one form, which somebody signs, and what is wrong with one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Form = Callable[[Any], str]
    """What is wrong with a value, "" for nothing."""

TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_MOMENT: Final = re.compile(r"2\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)


class TermsError(ValueError):
    """Fields that are no terms; ``problems`` names each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


def shown(moment: datetime) -> str:
    """Return a moment as it is signed."""
    return moment.astimezone(UTC).strftime(TIME)


def moment_of(text: str) -> datetime:
    """Return the moment that a text such as 2026-11-29T16:00:00Z names. Raises ValueError for every other form."""
    if not _MOMENT.fullmatch(text):
        raise ValueError(f"'{text[:40]}' is no moment such as 2026-11-29T16:00:00Z (UTC)")
    try:
        return datetime.strptime(text, TIME).replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(f"there is no moment {text}") from None


def strange(fields: Mapping[str, Any], forms: Mapping[str, Form], kind: str) -> Iterator[str]:
    """Yield what is wrong with each field by itself; ``kind`` is what they should make, such as grant."""
    for name in sorted(set(fields) - set(forms)):
        yield f"{name[:40]}: no {kind} has this field; remove it"
    for name, wrong in forms.items():
        found = "is missing; give it" if name not in fields else wrong(fields[name])
        if found:
            yield f"{name}: {found}"


def fitting(form: re.Pattern[str], words: str) -> Form:
    """Return the form of a text that a pattern fits; ``words`` say what it should be."""

    def wrong(value: Any) -> str:
        fits = isinstance(value, str) and form.fullmatch(value)
        return "" if fits else f"'{str(value)[:70]}' is not {words}"

    return wrong


def wrong_moment(value: Any) -> str:
    """Return what is wrong with a moment."""
    try:
        moment_of(value if isinstance(value, str) else "")
    except ValueError as error:
        return str(error)
    return ""


declared: Final = fitting(NAME, "a declared name: lower-case letters, digits and single hyphens")
