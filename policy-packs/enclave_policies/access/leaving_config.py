"""What Envoy's configuration must hold so that an answer that is to be pseudonymised never leaves as it is.

Two filters, word for word: `ext_proc` gives answers to the de-identifier, and another one before it, whose cluster has
no host, refuses whatever that one lets go on. Both run unless the authorizer said `allow`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MATCHED: Final = "envoy.extensions.common.matching.v3.ExtensionWithMatcher"
DEIDENTIFIER: Final = "deidentifier"
NOBODY: Final = "nobody"
LONGEST: Final = 30.0
"""Seconds that the de-identifier may have for one answer."""
_TYPE: Final = "type.googleapis.com"
_OPTIONS: Final = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
_COMPOSITE: Final = f"{_TYPE}/envoy.extensions.filters.http.composite.v3"
_MOST: Final = 3
"""Differences of a filter that are told."""


def _processing(cluster: str) -> dict[str, Any]:
    return {
        "@type": f"{_TYPE}/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor",
        "grpc_service": {"envoy_grpc": {"cluster_name": cluster}},
        "failure_mode_allow": False,
        "allow_mode_override": False,
        "disable_immediate_response": False,
        "status_on_error": {"code": "BadGateway"},
        "processing_mode": {
            "request_header_mode": "SKIP",
            "request_body_mode": "NONE",
            "request_trailer_mode": "SKIP",
            "response_header_mode": "SEND",
            "response_body_mode": "FULL_DUPLEX_STREAMED",
            "response_trailer_mode": "SEND",
        },
        "metadata_options": {"forwarding_namespaces": {"untyped": ["envoy.filters.http.ext_authz"]}},
    }


def _filter(name: str, cluster: str) -> dict[str, Any]:
    header = {
        "@type": f"{_TYPE}/envoy.type.matcher.v3.HttpRequestHeaderMatchInput",
        "header_name": "enclave-decision",
    }
    skipped = {"@type": f"{_TYPE}/envoy.extensions.filters.common.matcher.action.v3.SkipFilter"}
    allowed = {
        "predicate": {
            "single_predicate": {
                "input": {"name": "decision", "typed_config": header},
                "value_match": {"exact": "allow"},
            }
        },
        "on_match": {"action": {"name": "skip", "typed_config": skipped}},
    }
    run = {
        "@type": f"{_COMPOSITE}.ExecuteFilterAction",
        "typed_config": {"name": "envoy.filters.http.ext_proc", "typed_config": _processing(cluster)},
    }
    return {
        "name": name,
        "typed_config": {
            "@type": f"{_TYPE}/{MATCHED}",
            "extension_config": {
                "name": "envoy.filters.http.composite",
                "typed_config": {"@type": f"{_COMPOSITE}.Composite"},
            },
            "xds_matcher": {
                "matcher_list": {"matchers": [allowed]},
                "on_no_match": {"action": {"name": "run", "typed_config": run}},
            },
        },
    }


FILTERS: Final[Sequence[Mapping[str, Any]]] = (_filter("refusing", NOBODY), _filter("deidentifying", DEIDENTIFIER))
HOSTLESS: Final[Mapping[str, Any]] = {
    "name": NOBODY,
    "type": "STATIC",
    "connect_timeout": "0.5s",
    "load_assignment": {"cluster_name": NOBODY},
}


def of_filters(listener: str, filters: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what is wrong with the two filters, the one that refuses first."""
    for wanted, found in zip(FILTERS, filters, strict=True):
        for path, value in list(_differences(wanted, found, ""))[:_MOST]:
            told = f"listener {listener} may let answers leave as they are: `{wanted['name']}{path}` is {value}"
            yield f"{told}; let the program make the filter"


def of_clusters(clusters: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield what is wrong with where the two filters lead."""
    if clusters.get(NOBODY) != HOSTLESS:
        yield f"the cluster {NOBODY} is to have no host, so that what is given to it is refused"
    options = clusters.get(DEIDENTIFIER, {}).get("typed_extension_protocol_options", {}).get(_OPTIONS, {})
    most = str(options.get("common_http_protocol_options", {}).get("max_stream_duration", ""))
    if not (most.endswith("s") and 0 < float(most[:-1] or 0) <= LONGEST):
        told = f"the de-identifier has {most or 'any time'} for an answer"
        yield f"{told} (`max_stream_duration`); {LONGEST:g}s is the most"


def _differences(wanted: Any, found: Any, at: str) -> Iterator[tuple[str, str]]:
    """Yield where a value is another one than is wanted, and what it is there."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name in sorted({*wanted, *found}):
            if name not in wanted:
                yield f"{at}.{name}", "not to be there"
            elif name not in found:
                yield f"{at}.{name}", "missing"
            else:
                yield from _differences(wanted[name], found[name], f"{at}.{name}")
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for number, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from _differences(one, other, f"{at}.{number}")
    elif wanted != found or type(wanted) is not type(found):
        yield at, f"{found!r:.60}, and is to be {wanted!r:.60}"
