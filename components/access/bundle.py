"""The configuration bundle of a gateway on a site: plain texts, the same for the same declaration."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from components.access.envoy import GatewayPlan, configuration
from components.access.policies import SCHEMA as CEDAR_SCHEMA
from components.access.policies import flows_of, policies_text, results_of
from components.access.pseudonyms import pseudonyms_of
from components.declaration.arrivals import countries_seen
from components.declaration.draining import takes
from components.declaration.leaving import schema
from components.declaration.physical import namespace_name
from hosts.gateway.bundle import ENVOY, POLICIES, SCHEMA, SEEN, SETTINGS, TOLD

if TYPE_CHECKING:
    from components.declaration.model import Declaration, Identity, Route


def bundle_of(declaration: Declaration, site: str, gateway: str, identity: Identity | None) -> dict[str, str]:
    """Return the bundle's files by name; ``identity`` is the declared provider, or a sandbox's own."""
    plan = GatewayPlan(
        declaration.enclave,
        site,
        gateway,
        declaration.gateways[gateway].port,
        declaration.routes,
        {name: upstream_host(declaration, site, route) for name, route in declaration.routes.items()},
        identity,
        told=arrival(declaration, site, gateway) == TOLD,
        deidentifies=bool(flows_of(declaration.gateways[gateway].decide)),
    )
    rows = declaration.gateways[gateway].decide
    return {
        POLICIES: policies_text(rows),
        SCHEMA: CEDAR_SCHEMA,
        SETTINGS: _json(_settings(declaration, site, gateway)),
        ENVOY: _json(configuration(plan)),
    }


def upstream_host(declaration: Declaration, site: str, route: Route) -> str:
    """Return the name under which a route's service is found on a site, and which its certificate bears."""
    if declaration.sites[site].kind == "kubernetes":
        return f"{route.service}.{namespace_name(declaration, route.segment)}.svc.cluster.local"
    return f"{route.service}.{route.segment}.{site}.{declaration.enclave}.internal"


def arrival(declaration: Declaration, site: str, gateway: str) -> str:
    """Return how a gateway learns from where people come: what stands in front hides it, and tells it (ADR 20, 31)."""
    in_front = declaration.sites[site].kind == "aws" or site in declaration.gateways[gateway].balancers
    return TOLD if in_front else SEEN


def _settings(declaration: Declaration, site: str, gateway: str) -> dict[str, Any]:
    return {
        "enclave": declaration.enclave,
        "gateway": gateway,
        "site": site,
        "arrival": arrival(declaration, site, gateway),
        "employers": {
            name: {"country": entity.country, "controlled_from": entity.controlled_from}
            for name, entity in declaration.entities.items()
        },
        "purposes": sorted(declaration.purposes),
        "routes": [_route(declaration, site, route) for route in declaration.routes.values()],
        "networks": countries_seen(declaration, site),
        "alerts": declaration.inspector.alerts if declaration.inspector else "",
        "grant_keys": dict(declaration.approvers),
        "results": results_of(declaration.gateways[gateway].decide),
        **_leaving(declaration, site, gateway),
    }


def _leaving(declaration: Declaration, site: str, gateway: str) -> dict[str, Any]:
    """Return how answers leave a gateway de-identified; nothing where none do."""
    flows = flows_of(declaration.gateways[gateway].decide)
    if not flows:
        return {}
    pseudonyms = pseudonyms_of(declaration, site, gateway)
    return {"flows": flows, "leaving": schema(declaration, set(flows.values())), "pseudonyms": pseudonyms}


def _route(declaration: Declaration, site: str, route: Route) -> dict[str, Any]:
    closed = {} if takes(declaration, site, [route.class_]) else {"reads_only": True}
    return {"prefix": route.prefix, "data_class": route.class_, **closed}


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
