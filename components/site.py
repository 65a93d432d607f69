"""What one site has, worked out from the declaration: plain values, no resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from components.access.bundle import bundle_of
from components.addresses import segment_network, subnet
from components.declaration.model import AwsSite, KubernetesSite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Network

    from components.declaration.model import Declaration, Entry, Identity, Link, Path
    from components.declaration.ports import PortRange

SiteT = TypeVar("SiteT", AwsSite, KubernetesSite)


class Permission(NamedTuple):
    """One permitted connection, seen from one site: each end is a segment of the site (its name) or a network outside.

    At least one end is a segment; a network is that of an entry, or of a segment of a linked site.
    """

    source: str | IPv4Network
    target: str | IPv4Network
    protocol: str
    ports: PortRange

    @property
    def name(self) -> str:
        """The connection in a resource's name."""
        source, target = (str(end).replace("/", "_") for end in (self.source, self.target))
        return f"{source}-to-{target}-{self.protocol}-{self.ports}"


class LinkPermission(NamedTuple):
    """One permitted connection over a link, seen from one of its sites: own segment, far network, inwards or not."""

    segment: str
    peer: IPv4Network
    inwards: bool
    protocol: str
    ports: PortRange

    @property
    def permission(self) -> Permission:
        """The same as one of the site's permissions."""
        if self.inwards:
            return Permission(self.peer, self.segment, self.protocol, self.ports)
        return Permission(self.segment, self.peer, self.protocol, self.ports)


class Subnet(NamedTuple):
    """The addresses of a segment in a zone."""

    segment: str
    zone: str
    network: IPv4Network


@dataclass(frozen=True)
class SitePlan(Generic[SiteT]):
    """One site of a declaration, with everything its components need to know; ``identity`` is whose tokens count."""

    name: str
    site: SiteT
    declaration: Declaration
    identity: Identity | None = None

    def bundle(self, gateway: str) -> dict[str, str]:
        """Return the files of a gateway's configuration bundle, by name."""
        return bundle_of(self.declaration, self.name, gateway, self.identity)

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
        """Return the subnet of each segment and zone; in AWS the zone's letter, not its order, fixes the addresses."""
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
        """Return every permitted connection, one for each source, target, range of ports and protocol."""
        declared: list[Path | Entry] = [*self.declaration.paths, *self.declaration.entries]
        own: list[Permission] = [
            Permission(source, path.to, path.protocol, ports)
            for path in declared
            for source in path.from_
            for ports in path.ports
        ]
        over: list[Permission] = [
            each.permission for link in self.links.values() for each in self.link_permissions(link)
        ]
        return list(dict.fromkeys([*own, *over]))

    @property
    def links(self) -> dict[str, Link]:
        """The links that end at this site, by name."""
        return {name: link for name, link in self.declaration.links.items() if self.name in link.between}

    def link_permissions(self, link: Link) -> list[LinkPermission]:
        """Return every permitted connection over one of the site's links."""
        return list(dict.fromkeys(self._link_permissions(link)))

    def _link_permissions(self, link: Link) -> Iterator[LinkPermission]:
        for path in link.paths:
            for source in path.from_:
                for ports in path.ports:
                    inwards = path.to.partition("/")[0] == self.name
                    own, far = (path.to, source) if inwards else (source, path.to)
                    site, _, segment = far.partition("/")
                    peer = segment_network(self.declaration.sites[site].cidr, self.declaration.segments[segment].slot)
                    yield LinkPermission(own.partition("/")[2], peer, inwards, path.protocol, ports)

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
