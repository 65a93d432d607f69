"""Each kind of difference is found where it is, by its values; what was approved passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hosts.watch.approved import KUBERNETES, Approval, Approved, Gateway, Site, approved_in, as_text
from hosts.watch.differences import KINDS, Limits, differences
from hosts.watch.emergencies import Emergency
from hosts.watch.errors import WatchError
from hosts.watch.seen import Delivered, Host, LastRun, Running, SeenSite

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
LIMITS = Limits(NOW, timedelta(seconds=60))
OLD, NEW, IMAGE = "a" * 64, "b" * 64, "c" * 64
APPROVALS = (Approval(IMAGE, OLD, "2026-11-29"), Approval(IMAGE, NEW, "2027-05-31"))
GATEWAY = Gateway("hamar", "employees", "gateway", 2, APPROVALS)
RULES = {"networkpolicy gateway/default": "deny", "networkpolicy gateway/in": "443"}
APPROVED = Approved(
    "europe", (Site("hamar", KUBERNETES, namespaces=("gateway",), rules=RULES, record_bucket="logs"),), (GATEWAY,)
)
FIRST, SECOND = (Host(f"pod-{n}", frozenset({IMAGE}), NEW, NEW, ready=True) for n in (1, 2))


def delivered(host: str, seconds: int = 20, wrong: str = "", gateway: str = "employees") -> Delivered:
    return Delivered(gateway, host, 7, NOW - timedelta(seconds=seconds), wrong)


def site(*hosts: Host, **changes: object) -> SeenSite:
    records = tuple(delivered(host.name) for host in hosts)
    whole = SeenSite("hamar", (Running("employees", hosts),), RULES, records)
    return replace(whole, **changes)  # type: ignore[arg-type]


WHOLE = site(FIRST, SECOND)
LATELY = Emergency("g-1", "kari", 2, NOW - timedelta(hours=20))
SEEDED = {
    "site-unread": [replace(WHOLE, unread=("rules",))],
    "gateway-missing": [site()],
    "gateway-unknown": [replace(WHOLE, gateways=(*WHOLE.gateways, Running("", (replace(FIRST, name="pod-1"),))))],
    "image-unapproved": [site(replace(FIRST, images=frozenset({IMAGE, "registry.example/shell"})), SECOND)],
    "configuration-unapproved": [site(replace(FIRST, pinned="d" * 64, configuration="d" * 64), SECOND)],
    "configuration-changed": [site(replace(FIRST, configuration="d" * 64), SECOND)],
    "approval-expired": [site(replace(FIRST, pinned=OLD, configuration=OLD), SECOND)],
    "fleet-differs": [site(FIRST, SECOND, replace(FIRST, name="pod-3"))],
    "host-not-ready": [site(FIRST, replace(SECOND, ready=False))],
    "rule-missing": [replace(WHOLE, rules={"networkpolicy gateway/in": "443"})],
    "rule-unknown": [replace(WHOLE, rules={**RULES, "networkpolicy gateway/more": "any"})],
    "rule-changed": [replace(WHOLE, rules={**RULES, "networkpolicy gateway/in": "any"})],
    "record-broken": [replace(WHOLE, delivered=(delivered("pod-1", wrong="cut"), delivered("pod-2")))],
    "record-missing": [replace(WHOLE, delivered=(delivered("pod-1"),))],
    "record-late": [replace(WHOLE, delivered=(delivered("pod-1", 61), delivered("pod-2")))],
    "break-glass": [replace(WHOLE, delivered=(replace(delivered("pod-1"), emergencies=(LATELY,)), delivered("pod-2")))],
    "watch-late": [replace(WHOLE, last_run=LastRun(NOW - timedelta(seconds=181)))],
}
BY_ITSELF = replace(APPROVED, sites=(replace(APPROVED.sites[0], watch_seconds=60, watch_since="2026-11-29T11:00:00Z"),))
"""The same site, on which a watch runs each minute by itself."""
TOMORROW = Limits(NOW + timedelta(days=1), timedelta(days=2))


def test_every_kind_is_seeded() -> None:
    assert SEEDED.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", sorted(SEEDED))
def test_a_difference_is_found_and_nothing_else(kind: str) -> None:
    limits = TOMORROW if kind == "approval-expired" else LIMITS
    if kind == "gateway-unknown":  # it has no record of its own, which is told too
        limits = replace(limits)
    found = differences(BY_ITSELF if kind == "watch-late" else APPROVED, SEEDED[kind], limits)
    kinds = {each.kind for each in found}
    assert kind in kinds
    assert kinds - {kind} <= ({"record-missing"} if kind == "gateway-unknown" else set())
    assert all(each.approved != each.found for each in found)


@pytest.mark.parametrize(
    "seen",
    [
        WHOLE,
        site(replace(FIRST, pinned=OLD, configuration=OLD), SECOND),  # a rollout: both are approved
        replace(
            WHOLE, delivered=(delivered("pod-1", 60), delivered("pod-2"), delivered("pod-0", 9_000))
        ),  # one is gone
        site(replace(FIRST, pinned=OLD, configuration=OLD), SECOND, replace(FIRST, name="pod-3")),
        replace(WHOLE, gateways=(*WHOLE.gateways, Running("former", ()))),
    ],
    ids=[
        "whole",
        "rollout",
        "record of a host that is gone",
        "one more host while a change rolls out",
        "a group without hosts",
    ],
)
def test_what_was_approved_passes(seen: SeenSite) -> None:
    assert differences(APPROVED, [seen], LIMITS) == []


@pytest.mark.parametrize(
    ("last", "since", "late"),
    [
        (LastRun(NOW - timedelta(seconds=180)), "2026-11-29T11:00:00Z", False),
        (LastRun(NOW, found=3), "", False),  # what it found, it told
        (None, "2026-11-29T11:57:00Z", False),  # it was set up just now
        (None, "2026-11-29T11:56:59Z", True),
        (None, "", True),
        (LastRun(NOW, wrong="its signature does not fit the watch's key"), "2026-11-29T11:00:00Z", True),
    ],
    ids=str,
)
def test_a_watch_is_late_after_two_runs_and_a_minute(last: LastRun | None, since: str, late: bool) -> None:
    watched = replace(BY_ITSELF, sites=(replace(BY_ITSELF.sites[0], watch_since=since),))
    found = differences(watched, [replace(WHOLE, last_run=last)], LIMITS)
    assert [each.kind for each in found] == ["watch-late"] * late


def test_a_site_that_nobody_read_is_a_difference() -> None:
    assert [each.kind for each in differences(APPROVED, [], LIMITS)] == ["site-unread"]


def test_a_host_without_image_is_not_approved() -> None:
    found = differences(APPROVED, [site(replace(FIRST, images=frozenset()), SECOND)], LIMITS)
    assert [(each.kind, each.found) for each in found] == [("image-unapproved", "nothing")]


def test_a_gateway_that_nobody_approved_is_told_for_each_host() -> None:
    bare = replace(APPROVED, gateways=(replace(GATEWAY, approvals=()),))
    found = differences(bare, [WHOLE], LIMITS)
    assert [(each.kind, each.subject) for each in found] == [
        ("image-unapproved", "pod-1"),
        ("image-unapproved", "pod-2"),
    ]


def test_the_document_comes_back_as_it_was() -> None:
    assert approved_in(as_text(APPROVED)) == APPROVED


@pytest.mark.parametrize("text", ["", "[]", "{}", as_text(APPROVED).replace("2027-05-31", "some day")])
def test_a_damaged_document_is_refused(text: str) -> None:
    with pytest.raises(WatchError, match="damaged"):
        approved_in(text)


def test_an_emergency_is_told_of_for_a_day() -> None:
    old = replace(delivered("pod-1"), emergencies=(replace(LATELY, last=NOW - timedelta(hours=25)),))
    assert differences(APPROVED, [replace(WHOLE, delivered=(old, delivered("pod-2")))], LIMITS) == []
