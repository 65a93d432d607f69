"""Lists what an account has of a type, whoever made it, by the table of `aws_finding`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jmespath  # type: ignore[import-untyped]
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from console.gate.recover.aws_finding import Aws, NoAnswerError, agrees, filled
from console.gate.recover.aws_table import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from console.gate.recover.aws_finding import Finder

TROUBLES = (BotoCoreError, ClientError, ResponseParserError)


@dataclass(frozen=True)
class Listed:
    """One object: its id, and its region where its type's list covers all of them (None: the provider's).

    ``trouble`` is why AWS does not say more of it than that it is there; ``told`` what it said, by operation.
    """

    id: str
    region: str | None = None
    trouble: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)


def account_of(aws: Aws) -> str:
    """Return the account that answers. Raises NoAnswerError."""
    try:
        return str(next(iter(aws.pages("sts", "get_caller_identity", {})))["Account"])
    except TROUBLES as error:
        raise NoAnswerError(f"AWS does not say whose account answers: {error}") from None


def listed(finder: Finder, type_: str, provider: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Listed]:
    """Yield every object of a type but those that ``known`` inputs tell apart from it. Raises NoAnswerError."""
    row, aws = table()[type_], Aws.of(provider)
    conditions = {**(row.get("where") or {}), **(row.get("own") or {})}
    told = {path: wanted for path, wanted in conditions.items() if filled([path, wanted], known) is not None}
    parameters = filled(row["ask"].get("parameters") or {}, known)
    if parameters is None:
        raise NoAnswerError(f"nobody knows how to list every {type_}")
    try:
        for page in finder.pages(aws, row["ask"]["service"], row["ask"]["operation"], parameters):
            for item in jmespath.search(row["list"], page) or ():
                if agrees({"where": told}, item, known):
                    yield from _about(finder, row, item, aws, known)
    except TROUBLES as error:
        raise NoAnswerError(f"AWS does not list every {type_}: {error}") from None


def answer(finder: Finder, aws: Aws, ask: str, parameters: Mapping[str, Any], gone: str | None) -> Sequence[Any]:
    """Return the pages of an answer to ``SERVICE OPERATION``, none for the error ``gone``. Raises NoAnswerError."""
    service, operation = ask.split()
    try:
        return finder.pages(aws, service, operation, parameters)
    except TROUBLES as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] == gone:
            return ()
        raise NoAnswerError(f"AWS does not say more of it: {error}") from None


def _about(
    finder: Finder, row: Mapping[str, Any], item: Mapping[str, Any], aws: Aws, known: Mapping[str, Any]
) -> Iterator[Listed]:
    id_ = str(jmespath.search(row["id"], item) if "id" in row else filled(row["is"], known))
    service, told = row["ask"]["service"], {}
    try:
        for question in row.get("each") or ():
            if "where" in question:
                pages = finder.pages(aws, service, question["operation"], filled(question["parameters"], item))
                if not all(agrees(question, page, known) for page in pages):
                    return
                told[question["operation"]] = pages[0]
        place = row.get("place")
        if place is None:
            yield Listed(id_, told=told)
            return
        (answer,) = finder.pages(aws, service, place["operation"], filled(place["parameters"], item))
        region = jmespath.search(place["region"], answer)
        yield Listed(id_, region, None if region else "AWS does not say in which region it is", told)
    except TROUBLES as error:
        yield Listed(id_, None, f"AWS does not say more of it: {error}")
