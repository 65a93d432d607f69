"""A stack of many AWS sites: one that is up, copied with names, addresses and ids of its own."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.network.intent import TYPE
from enclave_policies.resources.export import export_of
from enclave_policies.resources.resource import Resource

from benchmarks.errors import NotMeasuredError
from components.declaration import load_declaration
from components.intent import intent

if TYPE_CHECKING:
    from console.gate.engine import Engine

site: Final = "dublin-1"
_network: Final = "10.16."
_linked: Final = "10.32."  # addresses of the linked site
_ways: Final = frozenset(
    {"aws:ec2/route:Route"}
    | {f"aws:vpc/securityGroup{way}Rule:SecurityGroup{way}Rule" for way in ("Ingress", "Egress")}
)
_first: Final = 100  # the second number of the first copy's addresses


def many_sites(engine: Engine, count: int) -> list[Resource]:
    """Return the resources of ``count`` sites, and the component that says what is meant of them all."""
    exported = engine.command("stack", "export", "--show-secrets", "--stack", engine.stack)
    if exported.returncode:
        raise NotMeasuredError(f"the state of '{engine.stack}' cannot be exported: {exported.stderr.strip()}")
    document = json.loads(exported.stdout)
    entries = document["deployment"]["resources"]
    own = [_unlinked(entry) for entry in entries if entry["type"].startswith("aws:") and _is_of_the_site(entry)]
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


def _is_of_the_site(entry: dict[str, Any]) -> bool:
    """Return whether a resource is of the site, and not of its link, which a copy of one end would leave hanging."""
    name = str(entry["urn"].rpartition("::")[2])
    of_the_link = f"{site}-to-" in name or (entry["type"] in _ways and _linked in json.dumps(entry["inputs"]))
    return name.startswith(site) and not of_the_link


def _unlinked(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a resource whose route table, if it is one, leads to no link."""
    told = {key: {**entry[key]} for key in ("inputs", "outputs") if "routes" in entry.get(key, {})}
    for values in told.values():
        values["routes"] = [route for route in values["routes"] if _linked not in json.dumps(route)]
    return {**entry, **told}


def _meant(engine: Engine, count: int) -> dict[str, Any]:
    declaration = load_declaration(engine.project / "stacks" / f"{engine.stack}.yaml")
    declared = declaration.sites[site]
    sites = {
        f"site-{number}": declared.model_copy(
            update={"cidr": type(declared.cidr)(str(declared.cidr).replace(_network, f"10.{_first + number}."))}
        )
        for number in range(count)
    }
    told = declaration.invariants
    of_all = {
        name: [each for each in getattr(told, name) if not any("/" in end for end in (*each.from_, *each.to))]
        for name in ("must_deny", "must_permit", "must_cross")
    }
    promises = told.model_copy(update=of_all)
    return intent(declaration.model_copy(update={"sites": sites, "invariants": promises, "links": {}}))
