"""What becomes of one value: a plain function for each treatment, which raises OddError for a shape nobody declared."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from hosts.deidentify.errors import OddError
from hosts.deidentify.identity import ODD_TYPE, identity

if TYPE_CHECKING:
    from collections.abc import Callable

    from hosts.deidentify.flow import Field
    from hosts.deidentify.networks import Networks

    Treatment = Callable[[Any], Any]

ODD_TIME: Final = "odd-time"
ODD_AGE: Final = "odd-age"
NOT_LISTED: Final = "value-not-listed"
_OLDEST: Final = 130
_BYTES: Final = 16
"""Of a pseudonym: two of 10^15 values share one with a probability of about 10^-9."""


class Tokens(Protocol):
    """Who makes the tokens of a run."""

    def of(self, field: str) -> Callable[[str | int], str]:
        """Return what makes the token of a field's value. It raises OddError."""


@dataclass(frozen=True)
class Means:
    """What a run treats values by, where its flow needs it: key for pseudonyms, table of networks, tokens."""

    key: bytes = b""
    networks: Networks | None = None
    tokens: Tokens | None = None


def treatment(field: Field, means: Means) -> Treatment | None:
    """Return what becomes of a field's values; None for one that stays."""
    if field.do == "drop":
        return None
    if field.do == "keep":
        return _keep(field)
    if field.do == "pseudonym":
        return _pseudonym(hmac.digest(means.key, b"field\0" + field.name.encode(), "sha256"))
    if field.do == "country":
        assert means.networks is not None  # noqa: S101  main has asked for it
        return means.networks.country
    if field.do == "token":
        assert means.tokens is not None  # noqa: S101  as above
        return _token(means.tokens.of(field.name))
    if field.do == "day":
        return _day
    if field.do == "age-band":
        return _band(field)
    return identity


def _keep(field: Field) -> Treatment:
    kept = {(type(value), value) for value in field.values}  # True is not 1 here

    def treat(value: Any) -> Any:
        try:
            if (type(value), value) in kept:
                return value
        except TypeError:
            raise OddError(ODD_TYPE) from None
        raise OddError(NOT_LISTED)

    return treat


def _pseudonym(key: bytes) -> Treatment:
    digest = hmac.digest

    def treat(value: Any) -> str:
        return urlsafe_b64encode(digest(key, identity(value), "sha256")[:_BYTES])[:22].decode()

    return treat


def _token(made: Callable[[str | int], str]) -> Treatment:
    def treat(value: Any) -> str:
        if type(value) is not str and type(value) is not int:
            raise OddError(ODD_TYPE)
        return made(value)

    return treat


def _day(value: Any) -> str:
    if type(value) is str:
        if not value.isascii():
            raise OddError(ODD_TIME)
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise OddError(ODD_TIME) from None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise OddError(ODD_TIME)  # nobody knows which day it was
        try:
            return value.astimezone(UTC).date().isoformat()
        except OverflowError:
            raise OddError(ODD_TIME) from None
    if type(value) is date:
        return value.isoformat()
    raise OddError(ODD_TYPE)


def _band(field: Field) -> Treatment:
    width, top = field.width, field.top
    bands = [f"{age // width * width}-{age // width * width + width - 1}" for age in range(top)]
    bands += [f"{top}+"] * (_OLDEST + 1 - top)

    def treat(value: Any) -> str:
        if type(value) is not int:
            raise OddError(ODD_TYPE)
        if not 0 <= value <= _OLDEST:
            raise OddError(ODD_AGE)
        return bands[value]

    return treat
