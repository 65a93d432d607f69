"""A stack of many AWS sites: one that is up, copied with names, addresses and ids of its own."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.export import export_of
from enclave_policies.network.intent import TYPE
from enclave_policies.resource import Resource

from benchmarks.errors import NotMeasuredError
from components.declaration import load_declaration
from components.intent import intent

if TYPE_CHECKING:
    from console.gate.engine import Engine

site: Final = "dublin-1"
_network: Final = "10.16."
_first: Final = 100  # the second number of the first copy's addresses


def many_sites(engine: Engine, count: int) -> list[Resource]:
    """Return the resources of ``count`` sites, and the component that says what is meant of them all."""
    exported = engine.command("stack", "export", "--show-secrets", "--stack", engine.stack)
    if exported.returncode:
        raise NotMeasuredError(f"the state of '{engine.stack}' cannot be exported: {exported.stderr.strip()}")
    document = json.loads(exported.stdout)
    entries = document["deployment"]["resources"]
    own = [entry for entry in entries if entry["type"].startswith("aws:") and _name(entry).startswith(site)]
    text = json.dumps(own)
    ids = sorted({entry["id"] for entry in own if len(entry.get("id", "")) > len(site)}, key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, ids)))
    copies: list[Any] = []
    for number in range(count):
        copied = known.sub(lambda found: f"{found[0]}-{number}", text)  # noqa: B023 (used at once)
        copies += json.loads(copied.replace(site, f"site-{number}").replace(_network, f"10.{_first + number}."))
    document["deployment"]["resources"] = [{key: each[key] for key in each if key != "provider"} for each in copies]
    made = list(export_of(json.dumps(document).encode(), "many sites").resources)
    return [*made, Resource(f"urn:pulumi:many::enclave::{TYPE}::meant", TYPE, "meant", _meant(engine, count))]


def _name(entry: dict[str, Any]) -> str:
    return str(entry["urn"].rpartition("::")[2])


def _meant(engine: Engine, count: int) -> dict[str, Any]:
    declaration = load_declaration(engine.project / "stacks" / f"{engine.stack}.yaml")
    declared = declaration.sites[site]
    sites = {
        f"site-{number}": declared.model_copy(
            update={"cidr": type(declared.cidr)(str(declared.cidr).replace(_network, f"10.{_first + number}."))}
        )
        for number in range(count)
    }
    promises = declaration.invariants.model_copy(update={"must_permit": declaration.invariants.must_permit[1:]})
    return intent(declaration.model_copy(update={"sites": sites, "invariants": promises}))
