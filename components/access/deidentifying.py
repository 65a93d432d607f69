"""How Envoy gives answers to the de-identifier (`ext_proc`), and lets none through that it did not answer itself.

Two filters run for each request but those to which the authorizer said `allow`: its answer is in a header that Envoy
takes away from people, so whoever sends it, or an authorizer that forgets it, has the answer de-identified.

The inner one holds the upstream's answer and gives it to the de-identifier, whose own answer is sent in its place.
Alone it lets an answer through where the de-identifier ends its stream without an error. So the outer one gives each
answer that gets as far as it to nobody, which refuses it. What the de-identifier says passes by the outer one.
"""

from __future__ import annotations

from typing import Any, Final

from components.access.beside import beside
from components.access.processing import processing
from components.declaration.access import DEIDENTIFIER, NOBODY
from hosts.gateway.decision import ALLOW
from hosts.gateway.front import typed
from hosts.gateway.starting import DEIDENTIFIER as SOCKET

AT_MOST: Final = "20s"
"""How long the de-identifier has for an answer; upstreams have less. (Envoy has no other limit for parts.)"""
_MATCHING: Final = "envoy.extensions.common.matching.v3.ExtensionWithMatcher"
_COMPOSITE: Final = "envoy.extensions.filters.http.composite.v3"
_SKIPPED: Final = "envoy.extensions.filters.common.matcher.action.v3.SkipFilter"


def filters() -> list[dict[str, Any]]:
    """Return the two filters, the one that refuses first: answers pass them from the last to the first."""
    return [_unless_allowed("refusing", _giving_to(NOBODY)), _unless_allowed("deidentifying", _giving_to(DEIDENTIFIER))]


def _giving_to(cluster: str) -> dict[str, Any]:
    kind = "envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor"
    return typed("envoy.filters.http.ext_proc", kind, {**processing(cluster)})


def _unless_allowed(name: str, run: dict[str, Any]) -> dict[str, Any]:
    """Return a filter that runs another one, unless the authorizer said that everything may pass."""
    decision = typed(
        "decision", "envoy.type.matcher.v3.HttpRequestHeaderMatchInput", {"header_name": "enclave-decision"}
    )
    allowed = {
        "predicate": {"single_predicate": {"input": decision, "value_match": {"exact": ALLOW}}},
        "on_match": {"action": typed("skip", _SKIPPED, {})},
    }
    running = typed("run", f"{_COMPOSITE}.ExecuteFilterAction", {"typed_config": run})
    return typed(
        name,
        _MATCHING,
        {
            "extension_config": typed("envoy.filters.http.composite", f"{_COMPOSITE}.Composite", {}),
            "xds_matcher": {"matcher_list": {"matchers": [allowed]}, "on_no_match": {"action": running}},
        },
    )


def clusters() -> list[dict[str, Any]]:
    """Return the clusters of the two filters."""
    nobody = {"name": NOBODY, "type": "STATIC", "connect_timeout": "0.5s", "load_assignment": {"cluster_name": NOBODY}}
    return [beside(DEIDENTIFIER, SOCKET, AT_MOST), nobody]
