"""Envoy's configuration as it is made has no problem, and each way to weaken it has one that names it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.access.envoy_config import problems

from components.access.bundle import bundle_of
from components.access.envoy import DECIDED
from components.declaration import load_declaration
from components.declaration.model import Identity
from tests.gateways.conftest import DECLARED

if TYPE_CHECKING:
    from collections.abc import Callable

IDENTITY = Identity(issuer="https://idp.enclave.example", audience="enclave", jwks='{"keys":[]}')


def made(identity: Identity | None = IDENTITY) -> Any:
    return json.loads(bundle_of(load_declaration(DECLARED), "hamar", "employees", identity)["envoy.json"])


def chain(config: Any) -> Any:
    return config["static_resources"]["listeners"][0]["filter_chains"][0]


def people(config: Any) -> Any:
    return chain(config)["transport_socket"]["typed_config"]


def manager(config: Any) -> Any:
    return chain(config)["filters"][0]["typed_config"]


def routes(config: Any) -> Any:
    return manager(config)["route_config"]["virtual_hosts"][0]["routes"]


def tokens(config: Any) -> Any:
    return manager(config)["http_filters"][0]["typed_config"]


def provider(config: Any) -> Any:
    return tokens(config)["providers"]["identity"]


def asked(config: Any) -> Any:
    return manager(config)["http_filters"][1]["typed_config"]


def cluster(config: Any, number: int = 3) -> Any:
    return config["static_resources"]["clusters"][number]


def upstream(config: Any) -> Any:
    return cluster(config)["transport_socket"]["typed_config"]["common_tls_context"]


LUA = {"name": "lua", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua"}}
TCP = {
    "name": "tcp",
    "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy"},
}


def run(config: Any, number: int) -> Any:
    """Return the settings of the `ext_proc` in one of the two filters that de-identify."""
    matched = manager(config)["http_filters"][number]["typed_config"]["xds_matcher"]
    return matched["on_no_match"]["action"]["typed_config"]["typed_config"]["typed_config"]


def allowed(config: Any, number: int) -> Any:
    return manager(config)["http_filters"][number]["typed_config"]["xds_matcher"]["matcher_list"]["matchers"][0]


def beside(config: Any) -> Any:
    (options,) = cluster(config, 1)["typed_extension_protocol_options"].values()
    return options


# name: (weaken, a word of the sentence that names it)
WEAKER: dict[str, tuple[Callable[[Any], object], str]] = {
    "an admin port": (
        lambda c: c["admin"].update(address={"socket_address": {"address": "127.0.0.1", "port_value": 9901}}),
        "unix socket",
    ),
    "an admin socket for all": (lambda c: c["admin"]["address"]["pipe"].pop("mode"), "mode 0600"),
    "an admin socket for the group": (lambda c: c["admin"]["address"]["pipe"].update(mode=0o660), "mode 0600"),
    "an admin that writes files": (lambda c: c["admin"].update(profile_path="/tmp/x"), "nothing else"),  # noqa: S108
    "settings that the admin can change": (lambda c: c.pop("layered_runtime"), "static_layer"),
    "a layer for the admin": (
        lambda c: c["layered_runtime"]["layers"].append({"name": "a", "admin_layer": {}}),
        "elsewhere",
    ),
    "open on failure": (lambda c: asked(c).update(failure_mode_allow=True), "failure_mode_allow"),
    "open on failure, as a text": (lambda c: asked(c).update(failure_mode_allow="true"), "failure_mode_allow"),
    "asked about some requests": (
        lambda c: asked(c).update(filter_enabled={"default_value": {"numerator": 1}}),
        "filter_enabled",
    ),
    "asked over HTTP": (lambda c: asked(c).update(http_service={}), "http_service"),
    "no authorizer named": (lambda c: asked(c).pop("grpc_service"), "names no authorizer"),
    "waits for ever": (lambda c: asked(c)["grpc_service"].pop("timeout"), "without end"),
    "waits a minute": (lambda c: asked(c)["grpc_service"].update(timeout="60s"), "60s"),
    "ok on error": (lambda c: asked(c).update(status_on_error={"code": "OK"}), "OK"),
    "route chosen again": (lambda c: asked(c).update(clear_route_cache=True), "clear_route_cache"),
    "mutations unchecked": (lambda c: asked(c).pop("validate_mutations"), "validate_mutations"),
    "authorizer not told who": (lambda c: asked(c).pop("metadata_context_namespaces"), "who asks"),
    "no ext_authz": (lambda c: manager(c)["http_filters"].pop(1), "filters"),
    "no jwt_authn": (lambda c: manager(c)["http_filters"].pop(0), "filters"),
    "ext_authz behind router": (lambda c: manager(c)["http_filters"].reverse(), "filters"),
    "ext_authz before jwt_authn": (
        lambda c: manager(c)["http_filters"].insert(0, manager(c)["http_filters"].pop(1)),
        "filters",
    ),
    "one more filter": (lambda c: manager(c)["http_filters"].insert(0, LUA), "filters"),
    "a filter switched off": (lambda c: manager(c)["http_filters"][1].update(disabled=True), "switched off"),
    "off for a route": (
        lambda c: routes(c)[0].update(typed_per_filter_config={"envoy.filters.http.ext_authz": {}}),
        "typed_per_filter",
    ),
    "off for a virtual host": (
        lambda c: manager(c)["route_config"]["virtual_hosts"][0].update(typed_per_filter_config={}),
        "typed_per",
    ),
    "off for all routes": (lambda c: manager(c)["route_config"].update(typed_per_filter_config={}), "typed_per_filter"),
    "no client certificates": (lambda c: people(c).pop("require_client_certificate"), "without a certificate"),
    "client certificates of anybody": (
        lambda c: people(c)["common_tls_context"]["validation_context"].pop("trusted_ca"),
        "anybody",
    ),
    "client certificates of any name": (
        lambda c: people(c)["common_tls_context"]["validation_context"].pop("match_typed_subject_alt_names"),
        "any name",
    ),
    "client names that begin with nothing": (
        lambda c: people(c)["common_tls_context"]["validation_context"]["match_typed_subject_alt_names"][0].update(
            matcher={"prefix": ""}
        ),
        "any name",
    ),
    "expired client certificates": (
        lambda c: people(c)["common_tls_context"]["validation_context"].update(allow_expired_certificate=True),
        "expired",
    ),
    "unverified client certificates": (
        lambda c: people(c)["common_tls_context"]["validation_context"].update(
            trust_chain_verification="ACCEPT_UNTRUSTED"
        ),
        "does not verify",
    ),
    "TLS 1.2 of people": (
        lambda c: people(c)["common_tls_context"]["tls_params"].update(tls_minimum_protocol_version="TLSv1_2"),
        "TLS 1.3",
    ),
    "no TLS of people": (lambda c: chain(c).pop("transport_socket"), "without TLS"),
    "a second way in": (
        lambda c: c["static_resources"]["listeners"][0].update(default_filter_chain=chain(c)),
        "default_filter_chain",
    ),
    "a plain listener": (
        lambda c: c["static_resources"]["listeners"].append({"name": "side", "filter_chains": [{"filters": [TCP]}]}),
        "side",
    ),
    "bytes passed on": (lambda c: chain(c)["filters"].insert(0, TCP), "passes bytes on"),
    "paths as they come": (lambda c: manager(c).update(normalize_path=False), "normalize_path"),
    "double slashes": (lambda c: manager(c).pop("merge_slashes"), "merge_slashes"),
    "escaped slashes": (
        lambda c: manager(c).update(path_with_escaped_slashes_action="KEEP_UNCHANGED"),
        "path_with_escaped_slashes_action",
    ),
    "underscores": (
        lambda c: manager(c)["common_http_protocol_options"].pop("headers_with_underscores_action"),
        "underscores",
    ),
    "an address that people send": (lambda c: manager(c).update(xff_num_trusted_hops=1), "xff_num_trusted_hops"),
    "an address of a header": (lambda c: manager(c).update(use_remote_address=False), "use_remote_address"),
    "an address of an extension": (lambda c: manager(c).update(original_ip_detection_extensions=[]), "original_ip"),
    "internal addresses": (lambda c: manager(c).pop("internal_address_config"), "internal"),
    "certificates that people send": (
        lambda c: manager(c).update(forward_client_cert_details="ALWAYS_FORWARD_ONLY"),
        "forward_client_cert_details",
    ),
    "upgrades": (lambda c: manager(c).update(upgrade_configs=[{"upgrade_type": "CONNECT"}]), "upgrade_configs"),
    "request numbers that people send": (
        lambda c: manager(c).update(preserve_external_request_id=True),
        "preserve_external",
    ),
    "routes of a server": (lambda c: manager(c).update(rds={}), "rds"),
    "identity headers that people send": (
        lambda c: manager(c)["route_config"]["internal_only_headers"].remove("enclave-person"),
        "enclave-person",
    ),
    "a route that rewrites": (lambda c: routes(c)[0]["route"].update(prefix_rewrite="/"), "prefix_rewrite"),
    "a route by expression": (lambda c: routes(c)[0].update(match={"safe_regex": {"regex": ".*"}}), "match a prefix"),
    "a shorter prefix first": (
        lambda c: routes(c).insert(0, {"name": "x", "match": {"prefix": "/r"}, "route": {"cluster": "metrics"}}),
        "shorter prefix",
    ),
    "a route that answers": (lambda c: routes(c)[-1].update(direct_response={"status": 200}), "answers by itself"),
    "a mirror": (lambda c: routes(c)[0]["route"].update(request_mirror_policies=[]), "request_mirror_policies"),
    "no rule about tokens": (lambda c: tokens(c).update(rules=[]), "without a token"),
    "tokens for some paths": (lambda c: tokens(c)["rules"][0].update(match={"prefix": "/records/"}), "without a token"),
    "a token or none": (
        lambda c: tokens(c)["rules"][0].update(requires={"allow_missing_or_failed": {}}),
        "without a token",
    ),
    "preflights": (lambda c: tokens(c).update(bypass_cors_preflight=True), "without a token"),
    "any issuer": (lambda c: provider(c).pop("issuer"), "any issuer"),
    "any audience": (lambda c: provider(c).update(audiences=[]), "any audience"),
    "tokens for ever": (lambda c: provider(c).pop("require_expiration"), "require_expiration"),
    "tokens long after": (lambda c: provider(c).update(clock_skew_seconds=86_400), "86400"),
    "keys fetched": (lambda c: provider(c).update(remote_jwks={}), "fetches"),
    "tokens handed on": (lambda c: provider(c).update(forward=True), "forward"),
    "tokens in addresses": (lambda c: provider(c).pop("from_headers"), "elsewhere"),
    "an admin interface": (lambda c: c.update(admin={"address": {}}), "admin"),
    "a control server": (lambda c: c.update(dynamic_resources={}), "dynamic_resources"),
    "runtime layers": (lambda c: c.update(layered_runtime={}), "layered_runtime"),
    "secrets of elsewhere": (lambda c: c["static_resources"].update(secrets=[]), "secrets"),
    "the authorizer on a network": (
        lambda c: cluster(c, 0)["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"].update(
            address={"socket_address": {"address": "10.0.0.1", "port_value": 1}}
        ),
        "unix socket",
    ),
    "no authorizer": (lambda c: c["static_resources"]["clusters"].pop(0), "is missing"),
    "no TLS to an upstream": (lambda c: cluster(c).pop("transport_socket"), "without TLS"),
    "TLS 1.2 to an upstream": (
        lambda c: upstream(c)["tls_params"].update(tls_maximum_protocol_version="TLSv1_2"),
        "TLS 1.3",
    ),
    "an upstream of any name": (
        lambda c: upstream(c)["validation_context"].pop("match_typed_subject_alt_names"),
        "any name",
    ),
    "an upstream of another name": (
        lambda c: upstream(c)["validation_context"]["match_typed_subject_alt_names"][0].update(
            matcher={"exact": "x.y"}
        ),
        "another name",
    ),
    "an upstream of anybody": (lambda c: upstream(c)["validation_context"].pop("trusted_ca"), "anybody"),
    "an upstream that moved": (
        lambda c: cluster(c)["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"]["address"][
            "socket_address"
        ].update(address="elsewhere.example"),
        "another name",
    ),
    "a gateway without a name": (lambda c: upstream(c).pop("tls_certificates"), "which gateway"),
    "answers go on without a de-identifier": (
        lambda c: run(c, 3).update(failure_mode_allow=True),
        "failure_mode_allow",
    ),
    "answers go on unrefused": (lambda c: run(c, 2).update(failure_mode_allow=True), "failure_mode_allow"),
    "answers are de-identified alone": (lambda c: manager(c)["http_filters"].pop(2), "the two that de-identify"),
    "answers are refused alone": (lambda c: manager(c)["http_filters"].pop(3), "the two that de-identify"),
    "no answer is de-identified": (
        lambda c: [manager(c)["http_filters"].pop(2) for _ in range(2)],
        "the two that de-identify",
    ),
    "the two the wrong way round": (
        lambda c: manager(c)["http_filters"].insert(2, manager(c)["http_filters"].pop(3)),
        "may let answers leave",
    ),
    "bodies are not given": (
        lambda c: run(c, 3)["processing_mode"].update(response_body_mode="NONE"),
        "response_body_mode",
    ),
    "bodies go on meanwhile": (
        lambda c: run(c, 3)["processing_mode"].update(response_body_mode="STREAMED"),
        "response_body_mode",
    ),
    "headers are not given": (
        lambda c: run(c, 3)["processing_mode"].update(response_header_mode="SKIP"),
        "response_header_mode",
    ),
    "the de-identifier chooses what it is given": (
        lambda c: run(c, 3).update(allow_mode_override=True),
        "allow_mode_override",
    ),
    "a copy is given": (lambda c: run(c, 3).update(observability_mode=True), "observability_mode"),
    "what it says is not sent": (
        lambda c: run(c, 3).update(disable_immediate_response=True),
        "disable_immediate_response",
    ),
    "the de-identifier is not told which": (lambda c: run(c, 3).pop("metadata_options"), "metadata_options"),
    "more decisions let all pass": (
        lambda c: allowed(c, 3)["predicate"]["single_predicate"]["value_match"].update(exact="pseudonymise"),
        "value_match.exact",
    ),
    "a prefix lets all pass": (
        lambda c: allowed(c, 2)["predicate"]["single_predicate"].update(value_match={"prefix": "a"}),
        "value_match",
    ),
    "a header of people's lets all pass": (
        lambda c: allowed(c, 3)["predicate"]["single_predicate"]["input"]["typed_config"].update(header_name="x-plain"),
        "header_name",
    ),
    "the de-identifier on a network": (
        lambda c: cluster(c, 1)["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"].update(
            address={"socket_address": {"address": "127.0.0.1", "port_value": 9}}
        ),
        "unix socket",
    ),
    "the de-identifier has for ever": (lambda c: beside(c).pop("common_http_protocol_options"), "any time"),
    "the de-identifier has an hour": (
        lambda c: beside(c)["common_http_protocol_options"].update(max_stream_duration="3600s"),
        "3600s",
    ),
    "no de-identifier": (lambda c: c["static_resources"]["clusters"].pop(1), "is missing"),
    "somebody where nobody is to be": (
        lambda c: cluster(c, 2)["load_assignment"].update(cluster(c, 1)["load_assignment"]),
        "is to have no host",
    ),
    "no form at all": (lambda c: c.update(static_resources=[]), "nobody can judge"),
    "filters without a type": (lambda c: chain(c)["filters"][0].pop("typed_config"), "nobody can judge"),
}


@pytest.mark.parametrize("identity", [IDENTITY, None], ids=["with a provider", "without"])
def test_what_is_made_has_no_problem(identity: Identity | None) -> None:
    assert problems(made(identity), deidentifies=True) == []


@pytest.mark.parametrize("name", WEAKER)
def test_a_weaker_configuration_is_named(name: str) -> None:
    """The seeded bugs of this family."""
    weaken, word = WEAKER[name]
    config = made()
    weaken(config)
    found = problems(config, deidentifies=True)
    assert any(word in sentence for sentence in found), found


@pytest.mark.parametrize(
    "change",
    [
        lambda c: manager(c).update(stream_idle_timeout="20s"),
        lambda c: manager(c)["common_http_protocol_options"].update(max_headers_count=32),
        lambda c: asked(c)["grpc_service"].update(timeout="1.5s"),
        lambda c: provider(c).update(clock_skew_seconds=10),
        lambda c: routes(c)[0]["route"].update(timeout="5s"),
        lambda c: asked(c).pop("failure_mode_allow"),
        lambda c: cluster(c).update(connect_timeout="1s"),
    ],
)
def test_what_weakens_nothing_is_no_problem(change: Callable[[Any], object]) -> None:
    config = made()
    change(config)
    assert problems(config, deidentifies=True) == []


def test_filters_that_de_identify_may_stand_where_nothing_needs_them() -> None:
    config = made()
    assert problems(config) == []
    del manager(config)["http_filters"][2:4], config["static_resources"]["clusters"][1:3]
    assert problems(config) == []
    assert problems(config, deidentifies=True) != []


def test_both_sides_know_the_same_headers() -> None:
    config = made()
    manager(config)["route_config"]["internal_only_headers"] = []
    assert all(any(name in sentence for sentence in problems(config)) for name in DECIDED)
