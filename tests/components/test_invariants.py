"""Invariants are read whole, contradict nothing, and are told to whoever judges the stack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from components.declaration import load_declaration
from components.intent import intent
from located_yaml import ProblemsError
from tests.components.declarations import changed, local

if TYPE_CHECKING:
    from pathlib import Path

bad = {
    "a reversed range": ("ports: [8443]", 'ports: ["8080-8000"]', "26:40", "is reversed; write '8000-8080'"),
    "a port that is none": ("ports: [8443]", "ports: [https]", "26:40", "is neither a port nor a range"),
    "overlapping ranges": ("ports: [8443]", 'ports: ["8000-8443", 8443]', "26:53", "8443 overlaps 8000-8443"),
    "an unknown segment": (
        "{from: [person], to: [dublin-1/ingress, hamar/ingress],",
        "{from: [person], to: [ingres],",
        "",
        "'ingres' is not",
    ),
    "an unknown site": (
        "{from: [person], to: [dublin-1/ingress, hamar/ingress],",
        "{from: [person], to: [oslo/ingress],",
        "",
        "site 'oslo'",
    ),
    "an end outside": (
        "{from: [person], to: [dublin-1/ingress, hamar/ingress],",
        "{from: [person], to: [internet],",
        "",
        "nothing ends",
    ),
    "an unknown gateway": ("gateway: employees}", "gateway: staff}", "", "gateway 'staff' is not declared"),
    "a gateway that is its own target": (
        "to: [app, store, keys, monitoring], gateway",
        "to: [gateway], gateway",
        "",
        "stands",
    ),
    "a path that must be denied": (
        "to: [ingress, gateway, app]}",
        "to: [ingress, monitoring]}",
        "",
        r"paths\[5\] opens it",
    ),
    "an entry that must be denied": (
        "{from: [person], to: [gateway, app",
        "{from: [person], to: [ingress, app",
        "",
        r"person -> dublin-1/ingress must be denied, and entries\[0\] opens it",
    ),
    "a promise without a path": (
        "ports: [443, 5432], protocol: tcp}",
        "ports: [80], protocol: tcp}",
        "",
        "no path, entry or link",
    ),
    "a promise against a promise": (
        "must_permit:\n",
        "must_permit:\n    - {from: [ingress], to: [store], ports: [443]}\n",
        "",
        "must be permitted and must be denied",
    ),
}


@pytest.mark.parametrize(("old", "new", "place", "message"), bad.values(), ids=bad)
def test_a_bad_invariant_is_refused_where_it_stands(
    tmp_path: Path, old: str, new: str, place: str, message: str
) -> None:
    file = changed(tmp_path, (old, new))
    with pytest.raises(ProblemsError, match=message) as caught:
        load_declaration(file)
    assert re.search(rf"changed\.yaml:{place or r'[0-9]+:[0-9]+'}: ", str(caught.value))


def test_all_problems_of_the_invariants_arrive_at_once(tmp_path: Path) -> None:
    file = changed(tmp_path, ("gateway: employees}", "gateway: staff}"), ("ports: [8443]", 'ports: ["9-8"]'))
    with pytest.raises(ProblemsError) as caught:
        load_declaration(file)
    assert str(caught.value).count("changed.yaml:") == 2


def test_a_segments_name_means_that_of_the_same_site_only(tmp_path: Path) -> None:
    told = intent(local(tmp_path))
    denied = {(way["from"], way["to"]) for way in told["mustDeny"]}
    assert ("dublin-1/ingress", "dublin-1/store") in denied
    assert ("dublin-1/ingress", "dublin-2/store") not in denied
    assert ("person", "hamar/store") in denied


def test_sites_without_resources_are_told_nothing_of(tmp_path: Path) -> None:
    told = intent(local(tmp_path, ("lifecycle: building", "lifecycle: planned")))
    assert not [name for name in told["networks"] if name.startswith("dublin-2/")]
    assert not [way for way in told["ways"] if "dublin-2" in way["from"] + way["to"]]


def test_a_range_is_told_as_a_range(tmp_path: Path) -> None:
    told = intent(local(tmp_path, ("ports: [8443]", 'ports: ["8000-8080", 8443]')))
    assert {"from": "hamar/gateway", "to": "hamar/app", "protocol": "tcp", "ports": "8000-8080"} in told["ways"]
