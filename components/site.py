"""What one site has, worked out from the declaration: plain values, no resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from components.addresses import segment_network, subnet
from components.declaration.model import AwsSite, KubernetesSite

if TYPE_CHECKING:
    from ipaddress import IPv4Network

    from components.declaration.model import Declaration, Entry, Path
    from components.declaration.ports import PortRange

SiteT = TypeVar("SiteT", AwsSite, KubernetesSite)


class Permission(NamedTuple):
    """One permitted way into a segment: from a segment of the same site (its name) or from a network outside."""

    source: str | IPv4Network
    target: str
    protocol: str
    ports: PortRange


class Subnet(NamedTuple):
    """The addresses of a segment in a zone."""

    segment: str
    zone: str
    network: IPv4Network


@dataclass(frozen=True)
class SitePlan(Generic[SiteT]):
    """One site of a declaration, with everything its components need to know."""

    name: str
    site: SiteT
    declaration: Declaration

    @property
    def zones(self) -> list[str]:
        """The names of the site's zones, in the order of the address plan."""
        if isinstance(self.site, AwsSite):
            return [f"{self.site.region}{letter}" for letter in self.site.zones]
        return [f"{self.name}-building-{number}" for number in range(1, self.site.buildings + 1)]

    def segment_network(self, segment: str) -> IPv4Network:
        """Return the block of addresses of a segment."""
        return segment_network(self.site.cidr, self.declaration.segments[segment].slot)

    def subnets(self) -> list[Subnet]:
        """Return the subnet of each segment and zone; in AWS the zone's letter, not its place, fixes the addresses."""
        slots = (
            [ord(letter) - ord("a") for letter in self.site.zones]
            if isinstance(self.site, AwsSite)
            else range(len(self.zones))
        )
        return [
            Subnet(name, zone, subnet(self.site.cidr, segment.slot, slot))
            for name, segment in self.declaration.segments.items()
            for zone, slot in zip(self.zones, slots, strict=True)
        ]

    def permissions(self) -> list[Permission]:
        """Return every permitted way, one for each source, range of ports and protocol."""
        declared: list[Path | Entry] = [*self.declaration.paths, *self.declaration.entries]
        return list(
            dict.fromkeys(
                Permission(source, way.to, way.protocol, ports)
                for way in declared
                for source in way.from_
                for ports in way.ports
            )
        )

    def tags(self, segment: str | None = None, classes: list[str] | None = None) -> dict[str, str]:
        """Return the tags of a resource of this site; ``classes`` defaults to the segment's data classes."""
        if classes is None:
            classes = self.declaration.segments[segment].classes if segment else []
        return {
            **self.declaration.tags,
            **self.site.tags,
            "enclave": self.declaration.enclave,
            "site": self.name,
            "country": self.site.country,
            "owner": self.declaration.contact.team,
            "segment": segment or "none",
            "data-class": "+".join(classes) or "none",
            "managed-by": "pulumi",
        }

    def labels(self, segment: str | None = None) -> dict[str, str]:
        """Return the same facts as Kubernetes labels."""
        tags = self.tags(segment)
        return {
            "app.kubernetes.io/managed-by": tags.pop("managed-by"),
            **{f"enclave/{key}": value.replace("+", "_") for key, value in tags.items()},
        }
