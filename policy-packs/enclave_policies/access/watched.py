"""The watch that a cluster runs by itself: whether it is there, as often as declared, and measures by what it must.

How its container starts is ACC-013's, its image ACC-006's and what its account may do ACC-009's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.access.authorizers import words_of
from enclave_policies.access.declared import clusters
from enclave_policies.access.recognised import WATCHES, mapped, started
from enclave_policies.access.standing import SITE, misplaced
from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.objects import PACKAGE
from enclave_policies.reading.gathered import each, once
from enclave_policies.resources.unknown import UNKNOWN
from hosts.watch.starting import ACCOUNT, WATCH, minutes_of, scheduled_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.access.declared import InCluster, Watched
    from enclave_policies.access.recognised import Pods
    from enclave_policies.access.standing import Problem
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

CRON_JOB: Final = "CronJob"
MOST: Final = 300
"""Seconds that a run may take, and that it may begin too late."""


class Run(NamedTuple):
    """Pods of a watch, and the resource that makes them."""

    reading: Reading
    pods: Pods

    @property
    def site(self) -> Any:
        """The site that they say they are of."""
        return self.pods.labels.get(SITE)


@once
def runs(stack: Stack) -> tuple[Run, ...]:
    """Return all pods of watches."""

    def own(reading: Reading) -> list[Run]:
        return [Run(reading, pods) for pods in started(reading, stack) if pods.kind == WATCHES]

    return tuple(run for found in each(stack, stack.of_package(PACKAGE), own) for run in found)


def unwatched(site: InCluster, stack: Stack) -> Iterator[tuple[str, str]]:
    """Yield what of a site's declared watch is not there: the path and the problem."""
    if site.watch is None:
        return
    found = [run for run in runs(stack) if run.site == site.site and run.pods.made.kind == CRON_JOB]
    if not any(run.pods.made.metadata("namespace") in (site.watch.namespace, UNKNOWN) for run in found):
        where = shown(site.watch.namespace)
        yield "watch", f"has no CronJob in {where} that watches every {_minutes(site.watch.minutes)}, as is declared"


def misrun(reading: Reading, stack: Stack) -> Iterator[Problem]:
    """Yield what keeps a watch from running as it is declared; whoever runs under its account counts as one."""
    sites = {one.site: one for one in clusters(stack) if one.watch is not None}
    if not sites:
        return
    for run in (run for run in runs(stack) if run.reading is reading):
        site = sites.get(run.site) if isinstance(run.site, str) else None
        if run.pods.made.kind == CRON_JOB:
            chosen = site or next(iter(sites.values()))
            yield from _of_run(run.pods, chosen, chosen.watch) if chosen.watch else ()
        else:
            path = run.pods.path
            yield path, f"runs a watch by another kind than {CRON_JOB}, so nobody can tell how often", "fail"


def _of_run(pods: Pods, site: InCluster, watch: Watched) -> Iterator[Problem]:
    at, spec = f"{pods.made.path}spec", mapped(pods.made.spec)
    if pods.made.spec is UNKNOWN or UNKNOWN in (spec.get("schedule"), spec.get("suspend")):
        yield at, "does not say yet how often the watch runs", "undetermined"
        return
    if spec.get("suspend") not in (None, False):
        yield f"{at}.suspend", "suspends the watch, so nobody looks", "fail"
    every, wanted = minutes_of(spec.get("schedule")), watch.minutes
    if every is None or every > wanted or spec.get("timeZone") not in (None, "", "UTC", "Etc/UTC"):
        said = f"every {_minutes(every)}" if every else f"by {shown(str(spec.get('schedule')))}"
        yield f"{at}.schedule", f"runs the watch {said}, and every {_minutes(wanted)} is declared", "fail"
    if spec.get("concurrencyPolicy") != "Forbid":
        yield f"{at}.concurrencyPolicy", "lets two runs of the watch go on at once, and tell different things", "fail"
    job = mapped(mapped(spec.get("jobTemplate")).get("spec"))
    for name, holder in (("startingDeadlineSeconds", spec), ("jobTemplate.spec.activeDeadlineSeconds", job)):
        value = holder.get(name.rpartition(".")[2])
        if value is not UNKNOWN and not (isinstance(value, int | float) and 0 < value <= MOST):
            yield f"{at}.{name}", f"lets a run of the watch go on or wait for more than {MOST} seconds", "fail"
    if job.get("suspend") not in (None, False):
        yield f"{at}.jobTemplate.spec.suspend", "suspends each run of the watch", "fail"
    if job.get("parallelism") == 0 or job.get("completions") == 0:
        yield f"{at}.jobTemplate.spec", "lets the watch run no pod", "fail"
    yield from _of_pods(pods, site, watch)


def _of_pods(pods: Pods, site: InCluster, watch: Watched) -> Iterator[Problem]:
    words = [words_of(one) for _, one in pods.containers if mapped(one).get("name") == WATCH]
    start = scheduled_by(words[0]) if words else None
    wanted = (site.site, site.receiver, watch.alerts)
    if start is None or (start.site, start.to, start.alerts) != wanted or start.minutes > watch.minutes:
        to = shown(site.receiver)
        yield f"{pods.path}.containers", f"runs a watch that does not measure by {to}, or tells somebody else", "fail"
    yield from misplaced(pods, site, "watch", ACCOUNT, "another account than its own")
    if not pods.spec.get("automountServiceAccountToken", True):
        yield f"{pods.path}.automountServiceAccountToken", "keeps the watch from asking the API server", "fail"
    if pods.made.metadata("namespace") not in (watch.namespace, UNKNOWN):
        yield f"{pods.made.path}metadata.namespace", "runs the watch where it is not declared", "fail"


def _minutes(number: int) -> str:
    return "minute" if number == 1 else f"{number} minutes"


@once
def accounts(stack: Stack) -> frozenset[tuple[Any, Any]]:
    """Return namespace and name of each account that a declared watch runs under."""
    return frozenset((site.watch.namespace, ACCOUNT) for site in clusters(stack) if site.watch)
