"""The model says of random networks what a slow judge of single packets says."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from enclave_policies.network.aws import AwsModel, conversations, gates, meeting
from enclave_policies.network.aws.longest_prefix import LongestPrefix
from enclave_policies.network.networks import AddressSet
from enclave_policies.network.ports import PortSet
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.enclave_policies.network.aws import oracle
from tests.enclave_policies.network.aws.generated import INTERNET, networks, resources_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclave_policies.network.path import Hop, Microsegment

OUTSIDE = AddressSet.of(*INTERNET)
ADDRESSES = ["198.51.100.0", "198.51.100.1", "2001:db8::", "2001:db8::1"]

ASKING = ((oracle.ANSWERS, False), (oracle.EPHEMERAL, True))
"""The ports that somebody asks from, and whether that is what an ordinary client does."""


def shown(hops: list[Hop], *, ordinary: bool) -> set[tuple[str, int]]:
    ports = PortSet()
    for hop in hops:
        if hop.is_ordinary or not ordinary:
            ports = ports.union(hop.ports)
    return {(protocol, port) for protocol in oracle.PROTOCOLS for port in oracle.PORTS if ports.has(protocol, port)}


def differences(spec: oracle.NetworkSpec, *, planned: bool, apart: bool) -> list[object]:
    """Return every segment pair, and every segment with the internet, of which model and judge differ."""
    model = AwsModel(resources_of(spec, planned=planned, apart=apart))
    zones: dict[tuple[int, str], Microsegment] = {
        (int(zone.site[-1]), zone.segment): zone for zone in model.zones() if zone.segment is not None
    }
    assert len(model.zones()) == len(zones) == 4
    wrong: list[object] = []
    for (one, source), (answers, ordinary) in product(zones.items(), ASKING):
        for other, target in zones.items():
            said = shown(model.between(source, target), ordinary=ordinary)
            true = oracle.reached(spec, one, other, answers)
            if said != true or bool(model.blocked(source, target)) == bool(model.between(source, target)):
                wrong.append((one, other, said ^ true))
        if shown(model.to_outside(source, OUTSIDE), ordinary=ordinary) != oracle.leaves(spec, one, ADDRESSES, answers):
            wrong.append((one, "leaves", model.to_outside(source, OUTSIDE)))
        if shown(model.from_outside(OUTSIDE, source), ordinary=ordinary) != oracle.enters(
            spec, one, ADDRESSES, answers
        ):
            wrong.append((one, "enters", model.from_outside(OUTSIDE, source)))
    return wrong


@given(networks(), st.booleans(), st.booleans())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_what_passes_is_what_single_packets_do(spec: oracle.NetworkSpec, planned: bool, apart: bool) -> None:
    assert differences(spec, planned=planned, apart=apart) == []


def _finds_a_difference() -> None:
    """Raise AssertionError as soon as a random network is judged otherwise than by the judge of packets."""

    @given(networks(), st.booleans(), st.booleans())
    @settings(
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        max_examples=200,
        database=None,
        phases=[Phase.generate],
    )
    def compare(spec: oracle.NetworkSpec, planned: bool, apart: bool) -> None:
        assert differences(spec, planned=planned, apart=apart) == []

    compare()


def _no_denials(module: pytest.MonkeyPatch) -> None:
    real = gates._acl_gate
    module.setattr(gates, "_acl_gate", lambda entries, piece: real([e for e in entries if e.allow], piece))


def _answers_to_any_port(module: pytest.MonkeyPatch) -> None:
    module.setattr(meeting, "EPHEMERAL", PortSet.of("tcp"))


def _answers_to_high_ports_only(module: pytest.MonkeyPatch) -> None:
    module.setattr(meeting, "ASKED_FROM", gates.EPHEMERAL)


def _families_mixed(module: pytest.MonkeyPatch) -> None:
    module.setattr(conversations, "family", lambda addresses, version: addresses if version == 4 else AddressSet())


def _any_route(module: pytest.MonkeyPatch) -> None:
    real = LongestPrefix.look_up
    module.setattr(
        LongestPrefix,
        "look_up",
        lambda table, wanted: (
            pair for one in (*table._unsure.every, *table._sure.every) for pair in real(LongestPrefix([one]), wanted)
        ),
    )


BUGS = (_no_denials, _answers_to_any_port, _answers_to_high_ports_only, _families_mixed, _any_route)


@pytest.mark.parametrize("bug", BUGS)
def test_a_model_with_a_bug_differs(bug: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        _finds_a_difference()
