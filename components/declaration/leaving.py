"""Leaving flows as de-identifiers read them, and what a declaration of them must fulfil."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from components.declaration.words import names_in, undeclared
from hosts.deidentify.schema import flows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from components.declaration.found import Found, Keys
    from components.declaration.model import Declaration, LeavingFlow


def check_leaving(declaration: Declaration, names: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what is wrong with flows; ``names`` is the declaration as it was written."""
    for name, flow in declaration.leaving.items():
        for key, used, section, what in (
            ("class", flow.class_, "data_classes", "data class"),
            ("purpose", flow.purpose, "purposes", "purpose"),
        ):
            known = names_in(names, section)
            if used not in known:
                yield ("leaving", name, key), undeclared(what, used, known)
        yield from _reversal(declaration, name, flow)
        for number, regime in enumerate(flow.regimes):
            if regime not in declaration.subjects:
                message = (
                    f"'{regime}' is none of 'subjects', so nobody's data is under it; declare it there, or remove it"
                )
                yield ("leaving", name, "regimes", number), message
    lines = list(schema_lines(declaration))
    _, problems = ({}, []) if not lines else flows_of("\n".join(line for _, line in lines).encode())
    for number, message in problems:
        yield lines[number - 1][0], message


def _reversal(declaration: Declaration, name: str, flow: LeavingFlow) -> Iterator[Found]:
    """Yield what a flow's reversal names that is not there, or cannot seal a vault."""
    if flow.reversal is None:
        return
    at = ("leaving", name, "reversal")
    key = declaration.keys.get(flow.reversal.key)
    if key is None:
        yield (*at, "key"), undeclared("key", flow.reversal.key, declaration.keys)
    elif key.use != "encrypt":
        yield (*at, "key"), f"key '{flow.reversal.key}' is for codes, and vaults need one with 'use: encrypt'"
    elif not key.sealers:
        yield (*at, "key"), f"key '{flow.reversal.key}' lets nobody seal vaults; name roles under its 'sealers'"
    elif flow.class_ not in key.classes:
        yield (*at, "key"), f"key '{flow.reversal.key}' is not for class '{flow.class_}'; name it there, or another key"
    for section, names in (("approvers", flow.reversal.approvers), ("purposes", flow.reversal.purposes)):
        known = getattr(declaration, section)
        for number, used in enumerate(names):
            if used not in known:
                yield (*at, section, number), undeclared(section.removesuffix("s"), used, known)


def schema(declaration: Declaration) -> str:
    """Return the schema: JSON lines, one for each flow and one for each of its fields."""
    return "".join(f"{line}\n" for _, line in schema_lines(declaration))


def digest(text: str) -> str:
    """Return the digest that a de-identifier can insist on."""
    return sha256(text.encode()).hexdigest()


def schema_lines(declaration: Declaration) -> Iterator[tuple[Keys, str]]:
    """Yield each line of the schema, with the keys of what it says in the declaration."""
    for name, flow in declaration.leaving.items():
        yield ("leaving", name), _line(_flow(declaration, name, flow))
        for field, told in flow.fields.items():
            given = told.model_dump(exclude_none=True)
            yield ("leaving", name, "fields", field), _line({"of": name, "field": field, **given})


def _flow(declaration: Declaration, name: str, flow: LeavingFlow) -> dict[str, Any]:
    told: dict[str, Any] = {
        "flow": name,
        "class": flow.class_,
        "purpose": flow.purpose,
        "recipient": flow.recipient,
        "country": flow.country,
        "regimes": flow.regimes or declaration.subjects,
        "measure": flow.measure,
    }
    if declaration.sandbox:
        told["sandbox"] = True
    if flow.reversal is not None:
        told["reversal"] = {
            "enclave": declaration.enclave,
            "key": flow.reversal.key,
            "purposes": flow.reversal.purposes,
            "approvers": {who: key for who, key in declaration.approvers.items() if who in flow.reversal.approvers},
        }
    if flow.groups is not None:
        told["groups"] = flow.groups.model_dump(exclude_none=True)
    return told


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=True, separators=(",", ":"))
