"""ACC-004: Envoy lets nobody pass who was not asked about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from enclave_policies.access.bundles import bundles_of
from enclave_policies.access.envoy_config import problems
from enclave_policies.reading.rule import Rule
from hosts.gateway.bundle import ENVOY, SETTINGS, TOLD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.access.bundles import Bundle
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading


def check(reading: Reading) -> Iterator[Finding]:
    """Judge Envoy's configuration in each bundle, whoever made it."""
    for bundle in bundles_of(reading.resource):
        if bundle.files is None:
            continue  # ACC-001 says so
        try:
            config = json.loads(bundle.files[ENVOY])
        except ValueError:
            config = None
        for problem in _problems(config, bundle):
            yield rule.finding(
                reading, f"has a gateway's Envoy that lets people pass unasked: {problem}", at=bundle.path
            )


def _problems(config: object, bundle: Bundle) -> Iterator[str]:
    if not isinstance(config, dict):
        yield f"{ENVOY} is no JSON object"
        return
    settings = _settings(bundle)
    deidentifies = bool(settings.get("flows"))  # without a flow the authorizer refuses what is to be pseudonymised
    yield from problems(config, told=settings.get("arrival") == TOLD, deidentifies=deidentifies)


def _settings(bundle: Bundle) -> dict[str, Any]:
    """Return a bundle's settings as they are; ACC-002 speaks of those that cannot be read."""
    try:
        settings = json.loads((bundle.files or {})[SETTINGS])
    except (ValueError, KeyError):
        return {}
    return settings if isinstance(settings, dict) else {}


rule = Rule(
    id="ACC-004",
    name="nobody-passes-unasked",
    title="Envoy lets nobody pass who was not asked about.",
    severity="critical",
    remedy="let the program compile the bundle from the declaration",
    check=check,
    placing=False,
)
