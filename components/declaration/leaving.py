"""Leaving flows as de-identifiers read them, and what a declaration of them must fulfil."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from components.declaration.words import listed, names_in, undeclared
from hosts.deidentify.schema import flows_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from components.declaration.found import Found, Keys
    from components.declaration.model import Decision, Declaration, LeavingFlow


PSEUDONYMS: Final = "pseudonyms"
"""The key of every site by which pseudonyms are made."""


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


def check_gateway_flows(declaration: Declaration, names: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what is wrong with the flows by which answers leave gateways; ``names`` is as for `check_leaving`."""
    known = names_in(names, "leaving")
    for gateway, declared in declaration.gateways.items():
        for index, row in enumerate(declared.decide):
            at: Keys = ("gateways", gateway, "decide", index)
            if row.result != "pseudonymise":
                if row.flow:
                    yield (*at, "flow"), f"a row with the result '{row.result}' has no flow; remove it"
                continue
            if row.flow is None:
                yield at, "'pseudonymise' needs 'flow', a leaving flow that says what becomes of each field; name it"
                continue
            if row.flow not in known:
                yield (*at, "flow"), undeclared("leaving flow", row.flow, known)
            elif flow := declaration.leaving.get(row.flow):
                yield from (((*at, "flow"), message) for message in _unfit(declaration, row, flow))


def _unfit(declaration: Declaration, row: Decision, flow: LeavingFlow) -> Iterator[str]:
    """Yield why a row cannot let answers leave by a flow: the law judged that for one recipient in one place."""
    for key, told, wanted in (
        ("class", row.class_, flow.class_),
        ("purpose", row.purpose, flow.purpose),
        ("employer", row.employer, flow.recipient),
        ("from", row.from_, flow.country),
    ):
        if told != [wanted]:
            what = f"'{key}' is {listed(told)}, and flow '{row.flow}' is for '{wanted}' alone"
            yield f"{what}; let both say the same, or write a row and a flow for each"
    if flow.epoch is None:
        yield f"flow '{row.flow}' has no 'epoch', so it leaves as files only; say day or week there"
    if flow.measure != "pseudonymised":
        yield f"flow '{row.flow}' leaves {flow.measure}, and a gateway makes pseudonyms alone; name another flow"
    if any(field.do == "country" for field in flow.fields.values()):
        yield f"flow '{row.flow}' tells countries of addresses, and a gateway has no table of networks; drop the field"
    if any(field.do == "pseudonym" for field in flow.fields.values()) and PSEUDONYMS not in declaration.keys:
        yield f"flow '{row.flow}' makes pseudonyms, and no key '{PSEUDONYMS}' is declared; declare it"


def has_pseudonyms(declaration: Declaration, names: Iterable[str]) -> bool:
    """Return whether some of these flows need a key."""
    return any(field.do == "pseudonym" for name in names for field in declaration.leaving[name].fields.values())


def schema(declaration: Declaration, names: Container[str] | None = None) -> str:
    """Return the schema: JSON lines, one for each flow and one for each of its fields; ``names``: of these flows."""
    lines = schema_lines(declaration)
    return "".join(f"{line}\n" for keys, line in lines if names is None or keys[1] in names)


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
    if flow.epoch is not None:
        told["epoch"] = flow.epoch
    if flow.groups is not None:
        told["groups"] = flow.groups.model_dump(exclude_none=True)
    return told


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=True, separators=(",", ":"))
