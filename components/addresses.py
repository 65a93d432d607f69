"""The address plan: pure arithmetic from a site's network to one subnet for each segment and zone.

A site's network is cut into 16 equal blocks, one for each segment slot, and each block into 8 subnets, one for each
zone. The plan depends on slots only, so adding a segment, a zone or a site never renumbers what exists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Network

segment_slots = 16
zone_slots = 8
_segment_bits = segment_slots.bit_length() - 1
_zone_bits = zone_slots.bit_length() - 1
# AWS takes a VPC of /16 to /28 and a subnet of /16 to /28 (Amazon VPC user guide, "VPC CIDR blocks").
widest_site = 16
narrowest_site = 28 - _segment_bits - _zone_bits


def segment_network(site: IPv4Network, slot: int) -> IPv4Network:
    """Return the block of a segment within a site; ValueError when the slot or the site's size is out of range."""
    if not 0 <= slot < segment_slots:
        raise ValueError(f"segment slot {slot} is outside 0 to {segment_slots - 1}")
    return _block(site, _segment_bits, slot)


def subnet(site: IPv4Network, slot: int, zone: int) -> IPv4Network:
    """Return the subnet of a segment in a zone (both counted from 0); ValueError when out of range."""
    if not 0 <= zone < zone_slots:
        raise ValueError(f"zone {zone} is outside 0 to {zone_slots - 1}")
    return _block(segment_network(site, slot), _zone_bits, zone)


def _block(network: IPv4Network, bits: int, index: int) -> IPv4Network:
    prefix = network.prefixlen + bits
    base = int(network.network_address) + (index << (network.max_prefixlen - prefix))
    return type(network)((base, prefix))
