"""Read one law file into its model; every problem with its file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

import located_yaml
from enclave_policies.law_files import Strict
from located_yaml import Document, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=Strict)


def read(path: Path, model: type[Model], today: date) -> tuple[Model, Document]:
    """Return the file's content as ``model``, and the document for later messages.

    Raises ProblemsError with everything that is wrong: bad YAML, unknown or missing keys, dates that lie in the future
    or have passed.
    """
    document = located_yaml.load(path)
    try:
        content = model.model_validate(document.data)
    except ValidationError as error:
        raise ProblemsError(_problem(document, details) for details in error.errors()) from None
    problems = list(_dates(document, today))
    if problems:
        raise ProblemsError(problems)
    return content, document


def _problem(document: Document, details: ErrorDetails) -> Problem:
    path = tuple(part for part in details["loc"] if part != "[key]")
    name = path[-1] if path else "the file"
    known = {
        "missing": f"'{name}' is missing; add it",
        "extra_forbidden": f"'{name}' is not a key that the law knows; correct or remove it",
    }
    shown = f"'{details['input']}': " if isinstance(details["input"], str | int | float) else ""
    return document.problem(path, known.get(details["type"], f"{name}: {shown}{details['msg']}"))


def _dates(document: Document, today: date) -> Iterator[Problem]:
    for path in document.positions:
        if not path or path[-1] not in ("as_of", "expires"):
            continue
        value = document.data
        for part in path:
            value = value[part]
        if path[-1] == "as_of" and value > today.isoformat():
            yield document.problem(
                path, f"as_of {value} lies in the future (today is {today}); give the day of the check"
            )
        if path[-1] == "expires" and value is not None and value < today.isoformat():
            yield document.problem(path, f"expired on {value} (today is {today}); check the fact again or remove it")
