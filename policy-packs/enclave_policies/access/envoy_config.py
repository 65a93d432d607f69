"""What Envoy's configuration of a gateway must hold so that nobody passes it unasked, by the names of its API v3.

It reads the configuration as plain data and trusts no program that made it. What it does not know, it refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.access import leaving_config

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HTTP: Final = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
TOKENS: Final = "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication"
ASKED: Final = "envoy.extensions.filters.http.ext_authz.v3.ExtAuthz"
ROUTER: Final = "envoy.extensions.filters.http.router.v3.Router"
IN_ORDER: Final = (TOKENS, ASKED, ROUTER)
DEIDENTIFYING: Final = (TOKENS, ASKED, leaving_config.MATCHED, leaving_config.MATCHED, ROUTER)
FROM_PEOPLE: Final = "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"
TO_UPSTREAMS: Final = "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"
TLS_1_3: Final = "TLSv1_3"
DECIDED: Final = frozenset({"enclave-person", "enclave-class", "enclave-decision", "enclave-record"})
"""Headers by which an upstream learns what was decided."""
ROUTE_FIELDS: Final = frozenset({"cluster", "timeout", "host_rewrite_literal"})
TOP: Final = frozenset({"node", "overload_manager", "static_resources", "admin", "layered_runtime"})
OWNER_ALONE: Final = 0o600
FORBIDDEN: Final = 403
LONGEST_WAIT: Final = 5.0
"""Seconds that a request may wait for the authorizer."""
CLEAN: Final[Mapping[str, Any]] = {
    "normalize_path": True,
    "merge_slashes": True,
    "path_with_escaped_slashes_action": "REJECT_REQUEST",
    "use_remote_address": True,
    "skip_xff_append": True,
    "forward_client_cert_details": "SANITIZE",
    "generate_request_id": True,
    "preserve_external_request_id": False,
}
"""What the connection manager must say, word for word."""
ABSENT: Final = frozenset({"upgrade_configs", "rds", "scoped_routes", "original_ip_detection_extensions"})


TOLD: Final = {
    "name": "envoy.filters.listener.proxy_protocol",
    "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol",
        "disallowed_versions": ["V1"],
    },
}
"""What takes an address from the first bytes, which the balancer writes; without these bytes nobody gets in."""


def problems(config: Mapping[str, Any], *, told: bool = False, deidentifies: bool = False) -> list[str]:
    """Return what is wrong with a bootstrap configuration, as sentences; none where nothing is.

    ``told``: a balancer stands before it that tells from where somebody comes, by the PROXY protocol. ``deidentifies``:
    answers to some requests may leave de-identified only.
    """
    try:
        return list(_problems(config, told=told, deidentifies=deidentifies))
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        return [f"the configuration has a form that nobody can judge ({type(error).__name__}: {error})"]


def _problems(config: Mapping[str, Any], *, told: bool, deidentifies: bool) -> Iterator[str]:
    yield from (
        f"`{name}` is not to be there: all that Envoy does is in `static_resources`" for name in config.keys() - TOP
    )
    yield from _of_admin(config)
    resources = config["static_resources"]
    yield from (
        f"`static_resources.{name}` is not to be there" for name in resources.keys() - {"listeners", "clusters"}
    )
    yield from _anywhere(config, "")
    listeners = resources["listeners"]
    if not listeners:
        yield "there is no listener, so nobody is let in"
    for listener in listeners:
        yield from _of_listener(listener, told=told, deidentifies=deidentifies)
    clusters = {cluster["name"]: cluster for cluster in resources["clusters"]}
    if len(clusters) != len(resources["clusters"]):
        yield "two clusters have one name"
    asked = {name for listener in listeners for name in _asks(listener)}
    if any(_runs(listener) for listener in listeners):
        yield from leaving_config.of_clusters(clusters)
        asked.add(leaving_config.DEIDENTIFIER)
        clusters.pop(leaving_config.NOBODY, None)
    for name, cluster in clusters.items():
        yield from _of_authorizer(cluster) if name in asked else _of_upstream(cluster)
    yield from (f"the cluster {name}, which is asked, is missing" for name in sorted(asked - clusters.keys()))


def _of_admin(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the interface by which Envoy is told to drain; without one, nothing is."""
    layers = config.get("layered_runtime", {}).get("layers", ())
    if any(set(layer) != {"name", "static_layer"} for layer in layers):
        yield "`layered_runtime` takes settings from elsewhere; its layers are to be a `static_layer` each"
    if "admin" not in config:
        return
    pipe = config["admin"].get("address", {}).get("pipe", {})
    if set(config["admin"]) != {"address"} or not pipe.get("path") or pipe.get("mode") != OWNER_ALONE:
        yield "`admin` obeys others than Envoy's user; let it be a unix socket (`pipe`) of mode 0600, and nothing else"
    if not layers:
        yield "`admin` can change Envoy's settings; give `layered_runtime` a `static_layer` alone"


def _anywhere(value: Any, where: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name in ("typed_per_filter_config", "per_filter_config"):
                yield f"`{where}{name}` could switch the authorizer off for a route; remove it"
            yield from _anywhere(item, f"{where}{name}.")
    for number, item in enumerate(value if isinstance(value, list) else ()):
        yield from _anywhere(item, f"{where}{number}.")


def _of_listener(listener: Mapping[str, Any], *, told: bool, deidentifies: bool) -> Iterator[str]:
    name = listener["name"]
    if "default_filter_chain" in listener:
        yield f"listener {name} has a way in beside its chains; remove `default_filter_chain`"
    before = listener.get("listener_filters") or []
    if not told and before:
        yield f"listener {name} lets people say from where they come; remove `listener_filters`"
    elif told and before != [TOLD]:
        yield f"listener {name} does not take from its balancer alone from where people come; let it have `{TOLD}`"
    if not listener["filter_chains"]:
        yield f"listener {name} has no filter chain"
    for chain in listener["filter_chains"]:
        yield from _of_people(name, chain.get("transport_socket", {}).get("typed_config", {}))
        filters = [each["typed_config"] for each in chain["filters"]]
        if [_kind(each) for each in filters] != [HTTP]:
            yield f"listener {name} passes bytes on unasked: its only filter is to be the HTTP connection manager"
            continue
        yield from _of_manager(name, filters[0], deidentifies=deidentifies)


def _of_people(name: str, tls: Mapping[str, Any]) -> Iterator[str]:
    if _kind(tls) != FROM_PEOPLE:
        yield f"listener {name} takes connections without TLS"
        return
    if tls.get("require_client_certificate") is not True:
        yield f"listener {name} takes people without a certificate; set `require_client_certificate: true`"
    yield from _of_tls(f"listener {name}", tls["common_tls_context"])


def _of_tls(who: str, context: Mapping[str, Any]) -> Iterator[str]:
    parameters = context.get("tls_params", {})
    if {parameters.get(f"tls_{end}_protocol_version") for end in ("minimum", "maximum")} != {TLS_1_3}:
        yield f"{who} speaks other versions than TLS 1.3; name it as the minimum and as the maximum"
    checked = context.get("validation_context", {})
    if not checked.get("trusted_ca", {}).get("filename"):
        yield f"{who} trusts certificates of anybody; name the authority in `trusted_ca`"
    if not _names(checked.get("match_typed_subject_alt_names")):
        yield f"{who} takes certificates of any name; name them in `match_typed_subject_alt_names`"
    if checked.get("trust_chain_verification", "VERIFY_TRUST_CHAIN") != "VERIFY_TRUST_CHAIN":
        yield f"{who} does not verify certificates; remove `trust_chain_verification`"
    if checked.get("allow_expired_certificate"):
        yield f"{who} takes certificates that have expired; remove `allow_expired_certificate`"
    for other in context.keys() & {"combined_validation_context", "validation_context_sds_secret_config"}:
        yield f"{who} gets what it trusts from elsewhere; remove `{other}`"


def _names(matchers: Any) -> bool:
    """Return whether matchers are there, and each asks for something definite."""

    def definite(matcher: Mapping[str, Any]) -> bool:
        return bool(matcher.get("exact")) or len(matcher.get("prefix", "")) > len("spiffe://")

    return bool(matchers) and all(definite(each["matcher"]) for each in matchers)


def _of_manager(name: str, manager: Mapping[str, Any], *, deidentifies: bool) -> Iterator[str]:
    yield from _of_requests(name, manager)
    if "route_config" in manager:
        yield from _of_routes(name, manager["route_config"])
    else:
        yield f"listener {name} has no routes of its own; give them in `route_config`"
    filters = [each["typed_config"] for each in manager["http_filters"]]
    if any(each.get("disabled") or each.get("is_optional") for each in manager["http_filters"]):
        yield f"listener {name} has a filter that is switched off or optional"
    kinds = tuple(map(_kind, filters))
    if kinds == DEIDENTIFYING:
        yield from leaving_config.of_filters(name, manager["http_filters"][2:4])
    elif deidentifies or kinds != IN_ORDER:
        found = ", ".join(each.rpartition(".")[2] for each in kinds) or "none"
        between = ", the two that de-identify" if deidentifies else ""
        wanted = f"jwt_authn, ext_authz{between} and router, in this order"
        yield f"listener {name} has the filters {found}; they are to be {wanted}"
    for each in filters:
        if _kind(each) == TOKENS:
            yield from _of_tokens(name, each)
        if _kind(each) == ASKED:
            yield from _of_asking(name, each)


def _of_requests(name: str, manager: Mapping[str, Any]) -> Iterator[str]:
    for field, value in CLEAN.items():
        if manager.get(field) != value:
            yield f"listener {name}: `{field}` is {manager.get(field)}; it is to be {value}"
    if manager.get("xff_num_trusted_hops", 0) != 0:
        yield f"listener {name} believes an address that people send; `xff_num_trusted_hops` is to be 0"
    for field in sorted(ABSENT & manager.keys()):
        yield f"listener {name}: `{field}` is not to be there"
    underscores = manager.get("common_http_protocol_options", {}).get("headers_with_underscores_action")
    if underscores != "REJECT_REQUEST":
        yield f"listener {name} takes headers with underscores, which some programs read as hyphens; reject them"
    internal = manager.get("internal_address_config", {}).get("cidr_ranges")
    if internal != [{"address_prefix": "255.255.255.255", "prefix_len": 32}]:
        yield f"listener {name} trusts headers of internal addresses; let `internal_address_config` name nobody"


def _of_routes(name: str, config: Mapping[str, Any]) -> Iterator[str]:
    if missing := DECIDED - set(config.get("internal_only_headers", ())):
        yield f"listener {name} lets people send {', '.join(sorted(missing))}; list them in `internal_only_headers`"
    for host in config["virtual_hosts"]:
        for route in host["routes"]:
            if "route" not in route:
                if route.get("direct_response", {}).get("status") != FORBIDDEN:
                    yield f"listener {name}: the route {route.get('name')} answers by itself, and not with 403"
                continue
            if set(route["match"]) != {"prefix"}:
                yield f"listener {name}: the route {route.get('name')} is to match a prefix, and nothing else"
            if more := route["route"].keys() - ROUTE_FIELDS:
                found = ", ".join(sorted(more))
                yield f"listener {name}: the route {route.get('name')} has {found}: nobody decided about that"
        prefixes = [route["match"].get("prefix", "") for route in host["routes"]]
        for number, prefix in enumerate(prefixes):
            if any(prefix.startswith(before) for before in prefixes[:number]):
                yield f"listener {name}: a shorter prefix stands before {prefix}: Envoy and the authorizer would differ"


def _of_tokens(name: str, tokens: Mapping[str, Any]) -> Iterator[str]:
    providers = tokens.get("providers", {})
    for provider in providers.values():
        if not provider.get("issuer") or not provider.get("audiences"):
            yield f"listener {name} takes tokens of any issuer or for any audience; name both"
        if provider.get("require_expiration") is not True:
            yield f"listener {name} takes tokens without an end; set `require_expiration: true`"
        if provider.get("clock_skew_seconds", 60) > 60:  # noqa: PLR2004  Envoy's own default
            yield f"listener {name} takes tokens {provider['clock_skew_seconds']} s after their end; 60 is the most"
        if "local_jwks" not in provider or "remote_jwks" in provider:
            yield f"listener {name} fetches the provider's keys; they are to stand in `local_jwks`, which was approved"
        if provider.get("forward"):
            yield f"listener {name} hands tokens to upstreams; set `forward: false`"
        if [each.get("name") for each in provider.get("from_headers", ())] != ["authorization"] or (
            provider.keys() & {"from_params", "from_cookies"}
        ):
            yield f"listener {name} takes tokens from elsewhere than `authorization`"
    rules = tokens.get("rules", [])
    wanted = [{"match": {"prefix": "/"}, "requires": {"provider_name": name}} for name in providers]
    if len(wanted) != 1 or rules != wanted or tokens.get("bypass_cors_preflight"):
        yield f"listener {name} takes requests without a token; one rule is to ask every path for the one provider"


def _of_asking(name: str, asked: Mapping[str, Any]) -> Iterator[str]:
    if asked.get("failure_mode_allow", False) is not False:
        yield f"listener {name} lets everybody in while the authorizer is gone; set `failure_mode_allow: false`"
    for field in asked.keys() & {"filter_enabled", "filter_enabled_metadata", "deny_at_disable", "http_service"}:
        yield f"listener {name}: `{field}` is not to be there: every request is asked about, over gRPC"
    service = asked.get("grpc_service", {})
    if "cluster_name" not in service.get("envoy_grpc", {}):
        yield f"listener {name} names no authorizer"
    wait = str(service.get("timeout", ""))
    if not (wait.endswith("s") and 0 < float(wait[:-1] or 0) <= LONGEST_WAIT):
        yield f"listener {name} waits {wait or 'without end'} for the authorizer; {LONGEST_WAIT:g}s is the most"
    if asked.get("status_on_error", {}).get("code", "Forbidden") != "Forbidden":
        yield f"listener {name} answers {asked['status_on_error']['code']} while the authorizer is gone; say Forbidden"
    if asked.get("clear_route_cache") is True:
        yield f"listener {name} lets the authorizer's answer choose another route; set `clear_route_cache: false`"
    if asked.get("validate_mutations") is not True:
        yield f"listener {name} takes headers of any form from the authorizer; set `validate_mutations: true`"
    if "envoy.filters.http.jwt_authn" not in asked.get("metadata_context_namespaces", ()):
        yield f"listener {name} does not tell the authorizer who asks"


def _runs(listener: Mapping[str, Any]) -> bool:
    """Return whether a listener has filters that de-identify."""
    managers = [each["typed_config"] for chain in listener["filter_chains"] for each in chain["filters"]]
    filters = [each["typed_config"] for manager in managers for each in manager.get("http_filters", ())]
    return any(_kind(each) == leaving_config.MATCHED for each in filters)


def _asks(listener: Mapping[str, Any]) -> Iterator[str]:
    for chain in listener["filter_chains"]:
        for each in chain["filters"]:
            for http in each["typed_config"].get("http_filters", ()):
                cluster = http["typed_config"].get("grpc_service", {}).get("envoy_grpc", {}).get("cluster_name")
                if cluster and _kind(http["typed_config"]) == ASKED:
                    yield cluster


def _endpoints(cluster: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for group in cluster["load_assignment"]["endpoints"]:
        for each in group["lb_endpoints"]:
            yield each["endpoint"]["address"]


def _of_authorizer(cluster: Mapping[str, Any]) -> Iterator[str]:
    if not all("pipe" in address for address in _endpoints(cluster)):
        yield f"the {cluster['name']} is asked over a network; it is to listen on a unix socket"


def _of_upstream(cluster: Mapping[str, Any]) -> Iterator[str]:
    who = f"cluster {cluster['name']}"
    tls = cluster.get("transport_socket", {}).get("typed_config", {})
    if _kind(tls) != TO_UPSTREAMS or "transport_socket_matches" in cluster:
        yield f"{who} is reached without TLS"
        return
    yield from _of_tls(who, tls["common_tls_context"])
    named = [
        each["matcher"].get("exact")
        for each in tls["common_tls_context"].get("validation_context", {}).get("match_typed_subject_alt_names", ())
    ]
    hosts = [address.get("socket_address", {}).get("address") for address in _endpoints(cluster)]
    if any(host not in named for host in hosts):
        yield f"{who} goes to {', '.join(map(str, hosts))}, and its certificate is asked for another name"
    if not tls["common_tls_context"].get("tls_certificates"):
        yield f"{who} is not told which gateway asks; give `tls_certificates`"


def _kind(typed: Mapping[str, Any]) -> str:
    return str(typed.get("@type", "")).rpartition("/")[2]
