"""What is declared of a site's gateways, as plain data that every judge of the stack can read beside their bundles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.access.pseudonyms import pseudonyms_of
from components.declaration.arrivals import countries_seen
from components.declaration.model import AwsSite
from components.declaration.physical import gateway_name

if TYPE_CHECKING:
    from components.declaration.model import Decision, Declaration, Gateway


def gateways_told(declaration: Declaration, site: str) -> dict[str, Any]:
    """Return the inputs of the component of a site's gateways: each gateway by its name, as it is declared."""
    gateways = {name: _gateway(declaration, site, name, gateway) for name, gateway in declaration.gateways.items()}
    return {"site": site, "gateways": gateways}


def _gateway(declaration: Declaration, site: str, name: str, gateway: Gateway) -> dict[str, Any]:
    where = declaration.sites[site]
    hosts = {}
    if isinstance(where, AwsSite):
        hosts = {
            "machineImage": gateway.machine_images[where.region],
            "balancer": gateway_name(declaration, site, name),
        }
    return {
        "networks": countries_seen(declaration, site),
        "routes": {route.prefix: route.class_ for route in declaration.routes.values()},
        "employers": {
            name: {"country": entity.country, "controlledFrom": entity.controlled_from}
            for name, entity in declaration.entities.items()
        },
        "purposes": sorted(declaration.purposes),
        "approvers": dict(declaration.approvers),
        "alerts": declaration.inspector.alerts if declaration.inspector else "",
        "rows": [_row(row) for row in gateway.decide],
        "pseudonyms": pseudonyms_of(declaration, site, name),
        **hosts,
    }


def _row(row: Decision) -> dict[str, Any]:
    return {
        "from": list(row.from_),
        "employer": list(row.employer),
        "class": list(row.class_),
        "purpose": list(row.purpose),
        "result": row.result,
        "needs": list(row.needs),
        **({"flow": row.flow} if row.flow else {}),
    }
