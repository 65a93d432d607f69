"""JUR-008: whatever chooses a place is known when it is judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from enclave_policies.places.placement import AWS, KUBERNETES
from enclave_policies.reading.reading import PLACE_ROLES
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.latest import kept
from enclave_policies.resources.unknown import UNKNOWN, is_told
from enclave_policies.texts.patterns import is_only_secret
from located_yaml.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.resources.resource import Provider

TEXT: tuple[type, ...] = (str,)
STRUCTURE: tuple[type, ...] = (str, dict, list)  # JSON text from the engine, the structure itself in a program
PROVIDER_SELECTORS = {
    AWS: {"region": TEXT, "stsRegion": TEXT, "endpoints": STRUCTURE},
    KUBERNETES: {"kubeconfig": STRUCTURE, "context": TEXT, "cluster": TEXT, "renderYamlToDirectory": TEXT},
}


def check(reading: Reading) -> Iterator[Finding]:
    """Refuse a region, zone, provider region, endpoint or kubeconfig that is not known.

    Other unknown values (ids and ARNs of resources that this run will create) are judged when they are known.
    """
    if reading.resource.untold:
        yield repaired.finding(reading, reading.resource.untold, verdict="undetermined")
    if reading.resource.sealed:
        for path in dict.fromkeys(_sealed(reading)):
            yield opened.finding(reading, f"{SEALED} ({path})", verdict="undetermined")
    for claim in reading.claims:
        if claim.kind == "unreadable" and claim.words:
            yield flatter.finding(reading, f"{claim.words} ({claim.path})", verdict="undetermined")
    for name, value in _unknown(reading):
        if value is UNKNOWN and reading.resource.sealed:
            told = unsealed if name.endswith("kubeconfig") else opened
            yield told.finding(reading, f"has a {name} that is sealed, so nobody can read it", verdict="undetermined")
        elif value is UNKNOWN:
            problem = f"has a {name} that is not known (a value computed later, or a secret that cannot be read)"
            yield rule.finding(reading, problem, verdict="undetermined")
        else:
            yield plain.finding(
                reading, f"has a {name} that is {kind_of(value)} and names no place", verdict="undetermined"
            )


def _sealed(reading: Reading) -> Iterator[str]:
    """Yield where a secret stands that may choose a place, a host, a bucket, an account, a network or an image."""
    for role, mentions in reading.mentions.items():
        for mention in mentions:
            if mention.value is UNKNOWN and role not in PLACE_ROLES and not _only_secret(reading, role, mention.path):
                yield mention.path
    if reading.resource.type in KEEPERS and reading.setting("type") == "SecureString":
        return  # AWS seals it too: it is there to keep a secret
    yield from (claim.path for claim in reading.claims if claim.given == "sealed")


def _only_secret(reading: Reading, role: str, path: str) -> bool:
    """Return whether a value is sealed because it is secret, and chooses nothing: a password, what a Secret keeps."""
    if role != "unknown":
        return False
    *above, name = names = path.split(".")
    if reading.resource.type.startswith("kubernetes:"):
        told = "Secret" in reading.resource.type.rpartition(":")[2] or names[-2:] == ["env", "value"]
        return told or is_only_secret(name, *above) or names[0] in KEPT
    return is_only_secret(name, *above) or reading.resource.type in KEEPERS


def _unknown(reading: Reading) -> Iterator[tuple[str, Any]]:
    """Yield what chooses a place and cannot be judged, in words, and its value."""
    resource = reading.resource
    itself = resource.as_provider
    if itself is None and reading.setting("region") is UNKNOWN:
        yield "region", UNKNOWN
    for role in () if reading.mentions.keys().isdisjoint(PLACE_ROLES) else PLACE_ROLES:
        for mention in reading.of(role):
            if not is_told(mention.value):
                yield f"{PLACE_ROLES[role]} ({mention.path})", mention.value
    provider = itself or resource.provider
    if provider is None:
        return
    for name in _untold(provider):
        if itself:
            yield name, provider.setting(name)
        elif name != "region" or reading.own_region is None:  # else its own region places it
            yield f"provider ({provider.name}) with a {name}", provider.setting(name)


@kept
def _untold(provider: Provider) -> tuple[str, ...]:
    """Return the inputs of a provider that choose a place and are not known; all of its resources ask for them."""
    selectors = PROVIDER_SELECTORS.get(provider.type, {})
    return tuple(name for name, kinds in selectors.items() if not is_told(provider.setting(name), *kinds))


SEALED = "has a secret that this judge cannot read where a place may be chosen"
KEPT = ("data", "binaryData")
KEEPERS = frozenset({"aws:ssm/parameter:Parameter"})
"""Types that are there to keep a secret."""

rule = Rule(
    id="JUR-008",
    name="unknown-place",
    title="Whatever chooses a place is known when it is judged.",
    severity="high",
    remedy="write the region, zone or kubeconfig as a plain value instead of another resource's output",
    check=check,
)
repaired = replace(
    rule, remedy="finish what was broken off (`pulumi refresh`, `pulumi state repair`) and export the state again"
)
"""The rule with the remedy for a state that does not tell what a resource is."""
plain = replace(rule, remedy="write it as a text")
"""The rule with the remedy for a value of another kind."""
opened = replace(
    rule, remedy="write the value in the clear, or export the state with `pulumi stack export --show-secrets`"
)
"""The rule with the remedy for a secret that the export holds encrypted."""
unsealed = replace(
    rule,
    remedy="keep credentials out of the kubeconfig (`exec`, `tokenFile` or `client-key` name what holds them), so that "
    "it needs no sealing; or export the state with `pulumi stack export --show-secrets`",
)
"""The rule with the remedy for a sealed kubeconfig: nothing beside it proves to which cluster it leads (ADR 25)."""
flatter = replace(rule, remedy="write it flatter, or split it into several texts")
"""The rule with the remedy for a text that cannot be read to its end."""
