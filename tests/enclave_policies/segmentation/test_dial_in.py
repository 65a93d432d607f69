"""A declared Client VPN lets in whom it is declared for, to the gateway alone; whatever else it does is refused."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from enclave_policies.network import links
from enclave_policies.network.aws.dialled import Dialled
from enclave_policies.network.network import network_of

from components.declaration import load_declaration
from tests.components.declarations import stacks
from tests.components.dialling import with_dial_in
from tests.enclave_policies.network.aws.own_stack import registered
from tests.enclave_policies.segmentation.breaking import changed, read_book
from tests.enclave_policies.segmentation.test_breaks import BOOK as SHARED
from tests.enclave_policies.segmentation.test_breaks import MODES, judged
from tests.enclave_policies.wellformed import ill_formed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclave_policies.reading.finding import Finding
    from enclave_policies.resources.resource import Resource

    from tests.enclave_policies.segmentation.breaking import Change

BOOK = read_book([Path(__file__).with_name("dial-in.yaml")])
SEGMENTS = ("gateway", "app", "store", "keys", "monitoring")


@cache
def stack(mode: str) -> tuple[Resource, ...]:
    """Return what the components make of the declaration, without the site that nothing leads to."""
    text = (stacks / "local.yaml").read_text(encoding="utf-8")
    idle = text[text.index("  dublin-2:\n") : text.index("  hamar:\n    kind")]
    with TemporaryDirectory() as folder:
        declaration = load_declaration(with_dial_in(Path(folder), (idle, "")))
    return tuple(registered(declaration, planned=mode == "plan"))


def found(change: Change, mode: str) -> list[Finding]:
    return judged(changed(stack(mode), change, SHARED.types, planned=mode == "plan"), mode)


def missed(change: Change, mode: str) -> str | None:
    """Return what should have been said of a break and was not."""
    findings = found(change, mode)
    told = "\n".join(finding.message for finding in findings)
    if silent := change.rules - {finding.rule for finding in findings}:
        return f"{change.id}: {', '.join(sorted(silent))} said nothing:\n{told}"
    if ill := ill_formed(findings):
        return f"{change.id}: {'; '.join(ill)}"
    if not any(all(text in finding.message for text in change.path) for finding in findings):
        return f"{change.id}: no message has all of {change.path}:\n{told}"
    return None


def named(changes: Sequence[Change]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("change", changes, ids=[change.id for change in changes])


@pytest.mark.parametrize("mode", MODES)
def test_nothing_of_a_declared_client_vpn_is_refused(mode: str) -> None:
    assert [finding.message for finding in judged(stack(mode), mode)] == []


@pytest.mark.parametrize("mode", MODES)
def test_devices_reach_the_gateways_balancer_and_nothing_else(mode: str) -> None:
    network = network_of(stack(mode))
    over = [hop for hop in network.graph.direct("person", "dublin-1/ingress") if "client VPN" in hop.because[0]]
    assert {str(hop.ports) for hop in over} == {"tcp 443"}
    assert all(hop.is_certain and hop.is_ordinary for hop in over)
    assert [to for to in SEGMENTS if network.graph.direct("person", f"dublin-1/{to}")] == []
    outsiders = ("internet", "elsewhere", "inspector")
    assert [one for one in outsiders if network.graph.direct(one, "dublin-1/ingress")] == []
    assert network.undetermined == ()


@pytest.mark.parametrize("mode", MODES)
@named(BOOK.breaks)
def test_what_it_does_otherwise_than_declared_is_refused(change: Change, mode: str) -> None:
    assert missed(change, mode) is None


@pytest.mark.parametrize("mode", MODES)
@named(BOOK.near_misses)
def test_what_lets_nobody_else_in_is_not_refused(change: Change, mode: str) -> None:
    assert [finding.message for finding in found(change, mode)] == []


def test_each_family_has_breaks_and_near_misses(capsys: pytest.CaptureFixture[str]) -> None:
    breaks, near_misses = Counter(one.family for one in BOOK.breaks), Counter(one.family for one in BOOK.near_misses)
    with capsys.disabled():
        print(f"\n{breaks.total()} breaks of a Client VPN and {near_misses.total()} near misses")  # noqa: T201
    assert set(breaks) == set(near_misses)


def test_a_reader_that_takes_any_client_vpn_for_the_declared_one_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: nobody compares what stands with what is declared."""
    monkeypatch.setattr(links, "_unlike", lambda *_: iter(()))
    change = next(one for one in BOOK.breaks if one.id == "dial-in-of-another-provider")
    assert missed(change, "plan")


def test_a_model_that_follows_no_device_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of the model: devices reach nothing, so nothing that they reach is refused."""
    monkeypatch.setattr(Dialled, "entering", lambda *_: iter(()))
    change = next(one for one in BOOK.breaks if one.id == "dial-in-to-another-port")
    assert missed(change, "plan")
