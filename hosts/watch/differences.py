"""What runs, held against what was approved: each difference with the two values, as a pure function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from hosts.watch.starting import WATCH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hosts.watch.approved import Approved, Gateway, Site
    from hosts.watch.seen import Delivered, Host, Running, SeenSite

NOTHING: Final = "nothing"
GRACE: Final = 60
"""Seconds that a run may come later than two of them: the cluster starts it, it looks, and the receiver takes it."""


@dataclass(frozen=True, order=True)
class Difference:
    """``kind`` is a fixed word; ``subject`` is what it is about; then what is approved, and what is there."""

    site: str
    gateway: str
    kind: str
    subject: str
    approved: str
    found: str

    @property
    def id(self) -> str:
        """The same for the same difference from one look to the next."""
        return f"{self.site}/{self.gateway}/{self.kind}/{self.subject}"


KINDS: Final[Mapping[str, str]] = {
    "site-unread": "a part of the site cannot be read, so nobody knows what runs there",
    "gateway-missing": "an approved gateway does not run",
    "gateway-unknown": "a gateway runs that nobody declared",
    "image-unapproved": "a host runs an image that is not approved",
    "configuration-unapproved": "a host insists on a configuration that is not approved",
    "configuration-changed": "the configuration that a host was given is not the one it insists on",
    "approval-expired": "what a host runs was approved, and the approval is over",
    "fleet-differs": "the gateway has more or fewer hosts than declared",
    "host-not-ready": "a host takes no requests",
    "rule-missing": "a network rule is gone",
    "rule-unknown": "there is a network rule that nobody declared",
    "rule-changed": "a network rule says something else",
    "record-broken": "the delivered record is broken",
    "record-missing": "a host runs, and no record of it was delivered",
    "record-late": "no news of the record was delivered for too long",
    "break-glass": "somebody got in by break-glass",
    "watch-late": "the watch that runs by itself was not heard of for too long",
}


@dataclass(frozen=True)
class Limits:
    """``late`` is how old the newest delivery may be, ``told`` how long an access by break-glass is told of."""

    now: datetime
    late: timedelta
    told: timedelta = timedelta(days=1)


def differences(approved: Approved, seen: Sequence[SeenSite], limits: Limits) -> list[Difference]:
    """Return every difference, sorted."""
    by_name = {site.name: site for site in seen}
    found: list[Difference] = []
    for site in approved.sites:
        there = by_name.get(site.name)
        if there is None:
            found.append(Difference(site.name, "", "site-unread", site.name, "read", NOTHING))
            continue
        found += (Difference(site.name, "", "site-unread", part, "read", NOTHING) for part in there.unread)
        found += _gateways(approved.of(site.name), there, limits)
        found += _rules(site, there)
        if site.record_bucket:
            found += _records(there, limits)
        if site.watch_seconds:
            found += _watch(site, there, limits)
    return sorted(set(found))


def _gateways(declared: Sequence[Gateway], there: SeenSite, limits: Limits) -> Iterator[Difference]:
    if "gateways" in there.unread:
        return
    known = {gateway.gateway: gateway for gateway in declared}
    running = {each.gateway: each for each in there.gateways if each.hosts}
    for name in sorted(known.keys() - running.keys()):
        yield Difference(there.name, name, "gateway-missing", name, f"{known[name].hosts} hosts", NOTHING)
    for name in sorted(running.keys() - known.keys()):
        hosts = f"{len(running[name].hosts)} hosts"
        yield Difference(there.name, name, "gateway-unknown", name, NOTHING, hosts)
    for name in sorted(known.keys() & running.keys()):
        yield from _gateway(known[name], running[name], limits)


def _gateway(declared: Gateway, running: Running, limits: Limits) -> Iterator[Difference]:
    site, name = declared.site, declared.gateway
    rolling = len({(host.images, host.pinned) for host in running.hosts}) > 1
    if not declared.hosts <= len(running.hosts) <= declared.hosts + rolling:  # one more host while a change rolls out
        yield Difference(site, name, "fleet-differs", name, f"{declared.hosts} hosts", f"{len(running.hosts)} hosts")
    for host in running.hosts:
        for kind, wanted, found in _host(declared, host, limits):
            yield Difference(site, name, kind, host.name, wanted, found)


def _host(declared: Gateway, host: Host, limits: Limits) -> Iterator[tuple[str, str, str]]:
    """Yield the kind of each difference of a host, what is approved, and what was found."""
    if not host.ready:
        yield "host-not-ready", "ready", "not ready"
    if host.configuration != host.pinned:
        yield "configuration-changed", host.pinned or NOTHING, host.configuration or NOTHING
    images = {approval.image for approval in declared.approvals}
    for image in sorted(host.images - images) or ([] if host.images else [NOTHING]):
        yield "image-unapproved", ", ".join(sorted(images)) or NOTHING, image
    for image in sorted(host.images & images):
        same = [each for each in declared.approvals if each.image == image]
        fitting = [each for each in same if each.configuration == host.pinned]
        if not fitting:
            known = ", ".join(sorted({each.configuration for each in same}))
            yield "configuration-unapproved", known, host.pinned or NOTHING
        elif not any(each.holds(limits.now.date()) for each in fitting):
            yield "approval-expired", f"until {max(each.until for each in fitting)}", limits.now.date().isoformat()


def _rules(site: Site, there: SeenSite) -> Iterator[Difference]:
    if "rules" in there.unread:
        return
    for name in sorted(site.rules.keys() | there.rules.keys()):
        wanted, found = site.rules.get(name), there.rules.get(name)
        if wanted == found:
            continue
        kind = "rule-missing" if found is None else "rule-unknown" if wanted is None else "rule-changed"
        yield Difference(site.name, "", kind, name, wanted or NOTHING, found or NOTHING)


def _records(there: SeenSite, limits: Limits) -> Iterator[Difference]:
    if "record" in there.unread:
        return
    delivered = {(each.gateway, each.host): each for each in there.delivered}
    hosts = {(each.gateway, host.name) for each in there.gateways for host in each.hosts}
    for gateway, host in sorted(hosts - delivered.keys()):
        yield Difference(there.name, gateway, "record-missing", host, "a record", NOTHING)
    for (gateway, host), record in sorted(delivered.items()):
        yield from _emergencies(there.name, record, limits)
        if record.wrong:  # also of a host that is gone: its record stays
            yield Difference(there.name, gateway, "record-broken", host, "a whole chain", record.wrong)
        elif (gateway, host) in hosts and _late(record, limits):
            newest = record.newest.isoformat(timespec="seconds") if record.newest else NOTHING
            wanted = f"within {limits.late.total_seconds():.0f} s"
            yield Difference(there.name, gateway, "record-late", host, wanted, newest)


def _watch(site: Site, there: SeenSite, limits: Limits) -> Iterator[Difference]:
    """Yield whether runs stay away; a watch that was just set up has as long as one that was heard of."""
    if "watch" in there.unread:
        return
    late, last = late_after(site.watch_seconds), there.last_run
    known = [moment for moment in (last.taken if last else None, _begun(site)) if moment is not None]
    if not any(limits.now - moment <= late for moment in known):
        found = last.taken.isoformat(timespec="seconds") if last else NOTHING
        told = f"{found} ({last.wrong})" if last and last.wrong else found
        yield Difference(site.name, "", "watch-late", WATCH, f"every {site.watch_seconds} s", told)
    elif last is not None and last.wrong:
        yield Difference(site.name, "", "watch-late", WATCH, "a run that the watch signed", last.wrong)


def late_after(seconds: int) -> timedelta:
    """Return how long after a run nobody need have heard of the next one, which is due in ``seconds``."""
    return timedelta(seconds=2 * seconds + GRACE)


def _begun(site: Site) -> datetime | None:
    try:
        return datetime.fromisoformat(site.watch_since)
    except ValueError:
        return None


def _emergencies(site: str, record: Delivered, limits: Limits) -> Iterator[Difference]:
    for one in record.emergencies:
        if limits.now - one.last <= limits.told:
            last = one.last.isoformat(timespec="seconds")
            found = f"{one.times} accesses of {one.person}, the last at {last}"
            yield Difference(site, record.gateway, "break-glass", f"{one.grant} at {record.host}", NOTHING, found)


def _late(record: Delivered, limits: Limits) -> bool:
    return record.newest is None or limits.now - record.newest > limits.late
