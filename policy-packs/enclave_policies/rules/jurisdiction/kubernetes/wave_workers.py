"""JUR-057: workers of a wave read at the endpoint of its basis, write to their own site, and are what is declared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.objects import PREFIX, objects_of
from enclave_policies.kubernetes.podspec import pod_spec
from enclave_policies.reading.enclave import waves_of
from enclave_policies.reading.rule import StackRule
from enclave_policies.reading.wave_inwards import inwards
from enclave_policies.reading.wave_pods import other_ways, otherwise_run, otherwise_told, runs_worker
from enclave_policies.reading.wave_workers import TYPE, workers_in, workers_of
from enclave_policies.resources.unknown import UNKNOWN
from hosts.wave.starting import LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack
    from enclave_policies.reading.wave_pods import Problem
    from enclave_policies.reading.wave_workers import Workers

SITE: Final = "enclave/site"
BY_DIGEST: Final = re.compile(r"[^@\s]+@sha256:[0-9a-f]{64}")


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge what workers are declared to be, and everything on the cluster that bears a wave's name."""
    if reading.resource.type == TYPE:
        yield from _declared(reading, stack)
    elif reading.resource.type.startswith(PREFIX):
        for found in objects_of(reading.resource):
            yield from _object(reading, stack, found)


def _declared(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Yield why workers may not bring a wave in: where it leads, from where, on which basis, and by which image."""
    try:
        workers = workers_in(reading)
    except (KeyError, TypeError, ValueError):
        yield rule.finding(reading, "does not say what workers do", verdict="undetermined")
        return
    for at, problem in inwards(stack, reading.law, workers.wave, workers.site):
        yield rule.finding(reading, problem, at=at)
    yield from _stores(reading, stack, workers)
    if not BY_DIGEST.fullmatch(workers.image):
        yield rule.finding(reading, "would run an image that no digest fixes (image)", at="image")


def _stores(reading: Reading, stack: Stack, workers: Workers) -> Iterator[Finding]:
    law, start = reading.law, waves_of(stack).get(workers.wave, ("", ""))[0]
    rows = law.transitions.endpoints(stack.name, workers.wave, law.day)
    if not any(each.row.endpoint == workers.source.host and each.row.site.name == start for each in rows):
        problem = (
            f"would read wave {shown(workers.wave)} at {shown(workers.source.host)}, "
            "which no row of law/transitional.yaml that is in force names as its endpoint"
        )
        yield rule.finding(reading, problem, where=workers.source.host, at="stores")
    for what, store in (("read at", workers.source), ("write to", workers.storage)):
        if not law.owns_address(store.address):
            problem = f"would {what} {shown(store.address)}, outside the enclave's networks"
            yield rule.finding(reading, problem, where=store.address, at="stores")
    if not law.owns_host(workers.storage.host):
        problem = f"would write to {shown(workers.storage.host)}, which is not the enclave's"
        yield rule.finding(reading, problem, where=workers.storage.host, at="stores")


def _object(reading: Reading, stack: Stack, found: KubernetesObject) -> Iterator[Finding]:
    every = workers_of(stack)
    if found.kind == "NetworkPolicy" and not found.custom:
        for one in every.values():
            if found.metadata("namespace") == one.namespace:
                yield from _told(reading, other_ways(found, one))
        return
    spec, labels = pod_spec(found), {**_labels(_template(found)), **_labels(found.body)}
    if (spec is None and found.kind != "ConfigMap") or (LABEL not in labels and not runs_worker(spec)):
        return
    named, site = labels.get(LABEL), labels.get(SITE)
    if UNKNOWN in (named, site, spec):
        yield rule.finding(reading, "may be a worker of a wave: nobody knows yet", verdict="undetermined")
    elif (workers := every.get((str(site), str(named)))) is None:
        wave = f"bears the name of wave {shown(str(named))}" if named else "runs a worker's program, says no wave"
        yield rule.finding(reading, f"{wave}, and no workers of it are declared on its site")
    elif spec is not None:
        yield from _told(reading, otherwise_run(found, spec, workers))
    else:
        yield from _told(reading, otherwise_told(found, workers))


def _told(reading: Reading, problems: Iterator[Problem]) -> Iterator[Finding]:
    return (rule.finding(reading, words, at=path) for path, words in problems)


def _template(found: KubernetesObject) -> Any:
    spec = found.body.get("spec")
    job = spec.get("jobTemplate", {}).get("spec", spec) if isinstance(spec, dict) else {}
    return job.get("template") if isinstance(job, dict) else {}


def _labels(body: Any) -> Mapping[str, Any]:
    metadata = body.get("metadata") if isinstance(body, dict) else None
    labels = metadata.get("labels") if isinstance(metadata, dict) else None
    return labels if isinstance(labels, dict) else {}


rule = StackRule(
    id="JUR-057",
    name="wave-workers",
    title="Workers of a wave read at the endpoint of its basis, write to their own site, and are what is declared.",
    severity="critical",
    remedy=(
        "let a row of law/transitional.yaml name the private endpoint, and declare workers by 'job' of the wave; "
        "what they run and see is made of that alone"
    ),
    check=check,
    concerns=lambda type_, _law: type_ == TYPE or type_.startswith(PREFIX),
    placing=False,
)
