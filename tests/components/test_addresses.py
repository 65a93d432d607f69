"""The address plan: disjoint, inside its site, and never renumbered."""

from ipaddress import IPv4Network
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.addresses import (
    narrowest_site,
    segment_network,
    segment_slots,
    subnet,
    widest_site,
    zone_slots,
)

sites = st.builds(
    lambda base, prefix: IPv4Network((base, prefix), strict=False),
    st.integers(0, 2**32 - 1),
    st.integers(widest_site, narrowest_site),
)
places = st.tuples(st.integers(0, segment_slots - 1), st.integers(0, zone_slots - 1))


@given(sites)
def test_subnets_of_a_site_are_disjoint_inside_it_and_fill_it(site: IPv4Network) -> None:
    found = [subnet(site, slot, zone) for slot in range(segment_slots) for zone in range(zone_slots)]
    assert all(network.subnet_of(site) for network in found)
    assert sum(network.num_addresses for network in found) == site.num_addresses
    assert len(set(found)) == len(found)
    ordered = sorted(found)
    assert all(not first.overlaps(second) for first, second in pairwise(ordered))


@given(sites, places)
def test_a_subnet_lies_in_its_segments_block_and_aws_takes_its_size(site: IPv4Network, place: tuple[int, int]) -> None:
    slot, zone = place
    found = subnet(site, slot, zone)
    assert found.subnet_of(segment_network(site, slot))
    assert 16 <= found.prefixlen <= 28


def test_the_plan_of_dublin_is_what_an_engineer_reads_off_it() -> None:
    site = IPv4Network("10.16.0.0/16")
    assert str(segment_network(site, 3)) == "10.16.48.0/20"
    assert str(subnet(site, 3, 2)) == "10.16.52.0/23"


@pytest.mark.parametrize(("slot", "zone"), [(-1, 0), (segment_slots, 0), (0, -1), (0, zone_slots)])
def test_a_slot_out_of_range_is_refused(slot: int, zone: int) -> None:
    with pytest.raises(ValueError, match="is outside 0 to"):
        subnet(IPv4Network("10.0.0.0/16"), slot, zone)
