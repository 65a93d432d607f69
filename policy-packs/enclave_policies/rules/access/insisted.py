"""ACC-005: a gateway's authorizer insists on the digest of a bundle that this stack holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.access.bundles import bundles_of
from enclave_policies.kubernetes.objects import objects_of
from enclave_policies.kubernetes.podspec import path_of_pods, pod_spec
from enclave_policies.reading.gathered import each, once
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN
from hosts.gateway.bundle import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

AUTHORIZER: Final = "enclave-gateway"
FLAG: Final = "--digest"


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge every container that runs an authorizer."""
    for found in objects_of(reading.resource):
        pods = pod_spec(found)
        containers = pods.get("containers") if isinstance(pods, dict) else None
        for container in containers if isinstance(containers, list) else ():
            words = _words(container)
            if AUTHORIZER not in words or "serve" not in words:
                continue
            path = f"{path_of_pods(found)}.containers"
            digest = _digest(words)
            if digest is UNKNOWN or UNKNOWN in words:
                problem = f"runs a gateway's authorizer by a command that is not known ({path})"
                yield rule.finding(reading, problem, verdict="undetermined", at=path)
            elif digest is None:
                yield rule.finding(reading, f"runs a gateway's authorizer that insists on no bundle ({path})", at=path)
            elif digest not in _held(stack):
                problem = (
                    f"runs a gateway's authorizer that insists on a bundle which this stack does not hold ({path})"
                )
                yield rule.finding(reading, problem, at=path)


def _words(container: Any) -> list[Any]:
    """Return the words of a container's command."""
    if not isinstance(container, dict):
        return []
    lists = (container.get("command"), container.get("args"))
    return [word for words in lists if isinstance(words, list) for word in words]


def _digest(words: list[Any]) -> Any:
    """Return the digest that a command names; None where it names none. The last one counts, as for the authorizer."""
    named = None
    for index, word in enumerate(words):
        if isinstance(word, str) and word.startswith(f"{FLAG}="):
            named = word.removeprefix(f"{FLAG}=")
        elif word == FLAG:
            named = words[index + 1] if index + 1 < len(words) else None
    return named


@once
def _held(stack: Stack) -> frozenset[str]:
    """Return the digests of all bundles of a stack."""
    return frozenset().union(*each(stack, stack.readings.values(), _digests))


def _digests(reading: Reading) -> set[str]:
    return {digest_of(bundle.files) for bundle in bundles_of(reading.resource) if bundle.files is not None}


rule = StackRule(
    id="ACC-005",
    name="insisted-bundle",
    title="A gateway's authorizer insists on the digest of a bundle that this stack holds.",
    severity="critical",
    remedy="start it with --digest and the digest of its own bundle",
    check=check,
    placing=False,
    package="kubernetes",
)
