"""SEG-014: a proxy passes on only where a declared path lets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.network.kubernetes.proxied import Unfollowed
from enclave_policies.network.network import network_in
from enclave_policies.reading.rule import StackRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.network.intent import Intent
    from enclave_policies.network.kubernetes.proxied import Asked
    from enclave_policies.network.ports import PortSet
    from enclave_policies.reading.finding import Finding, Verdict
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Compare what an Ingress, a route or its like asks a proxy for with what is declared.

    Whether the proxy's pods get there is judged apart (SEG-002): this tells of what was asked for in vain as well.
    """
    network = network_in(stack)
    for one in network.asked.get(reading.resource.urn, ()):
        if isinstance(one, Unfollowed):
            verdict: Verdict = "fail" if one.gap.known else "undetermined"
            yield rule.finding(reading, one.gap.problem, verdict=verdict, at=one.gap.path)
        elif network.intent is not None and not _is_declared(network.intent, one):
            ports = "" if one.ports is None else f" on {one.ports}"
            where = "any segment that a proxy may stand in" if one.sources is None else ", ".join(one.sources)
            yield rule.finding(
                reading,
                f"makes a proxy pass on to {one.target}{ports}, where no declared path leads from {where}: {one.by}",
                at=one.path,
            )


def _is_declared(intent: Intent, asked: Asked) -> bool:
    """Return whether every proxy has a declared path there; of proxies that nobody sees one such segment is enough.

    Proxies take requests of whoever reaches them, so they may stand where no classified data is.
    """
    if asked.sources is not None:
        return all(_covers(intent.declared(source, asked.target), asked.ports) for source in asked.sources)
    site = asked.target.partition("/")[0]
    fronts = [end for end in intent.networks if end.partition("/")[0] == site and end not in intent.restricted]
    return any(_covers(intent.declared(end, asked.target), asked.ports) for end in fronts if end != asked.target)


def _covers(declared: PortSet, asked: PortSet | None) -> bool:
    return bool(declared) if asked is None else not asked.minus(declared)


rule = StackRule(
    id="SEG-014",
    name="proxied-way",
    title="A proxy passes on only where a declared path lets it.",
    severity="critical",
    remedy="name hosts of the enclave and a Service of a segment that a declared path leads to from the gateway",
    check=check,
    package="kubernetes",
    placing=False,
)
