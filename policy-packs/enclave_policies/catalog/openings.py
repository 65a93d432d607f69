"""Who is let in to a type: how that is judged (law/catalog/openings)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.catalog.kinds import Kind

Opening = Literal["settings", "grants", "addresses", "network", "front-door", "api"]

OPENINGS: Final[Mapping[str, str]] = {
    "settings": "a setting, given or left out, opens it: judged by its switches (JUR-014)",
    "grants": "a policy or a list of accounts says who is let in: judged by whom it names (JUR-011, JUR-012)",
    "addresses": "it names the addresses that are let in, or that it leads to: judged one by one (JUR-016)",
    "network": "it stands in a network, or is a part of one: the ways of packets are judged (pack segmentation)",
    "front-door": "made to be reached from outside, and known to be: what stands behind it knows its callers",
    "api": "reached through the cloud's API only, by callers with a name: judged where they are given rights",
}
REFUSED: Final[frozenset[Kind]] = frozenset({"worldwide", "opaque"})
"""Kinds that are refused whoever is let in: their openings are not judged one by one."""
