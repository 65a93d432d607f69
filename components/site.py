"""What one site has, worked out from the declaration: plain values, no resources."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from components.access.bundle import bundle_of
from components.addresses import segment_network, subnet
from components.declaration.arrivals import DialIn, dial_ins, shows_its_network, tunnels
from components.declaration.connections import Watched, gateway_segments, receivers_of, watches, wave_jobs
from components.declaration.draining import takes
from components.declaration.model import AwsSite, KubernetesSite
from components.declaration.ports import PortRange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from components.declaration.model import (
        Declaration,
        Entry,
        Identity,
        Link,
        LinkRemote,
        LinkTransit,
        Path,
        Receiver,
    )

SiteT = TypeVar("SiteT", AwsSite, KubernetesSite)


class Permission(NamedTuple):
    """One permitted connection, seen from one site: each end is a segment of the site (its name) or a network outside.

    At least one end is a segment; a network is that of an entry, a receiver, or a segment of a linked site.
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


class LinkEnd(NamedTuple):
    """The end of tunnels in AWS, whether they lead to another site or to an office.

    ``name`` is what its resources are called; ``far``: the network at the other end; ``pairs``: each segment of the
    site that something passes to or from, with the network beyond.
    """

    name: str
    ends_in: str
    remote: LinkRemote
    transit: LinkTransit
    far: IPv4Network
    pairs: tuple[tuple[str, IPv4Network], ...]


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
        return [f"{self.name}-building-{number}" for number in range(1, len(self.site.buildings) + 1)]

    @property
    def open_zones(self) -> list[str]:
        """The names of the zones in which pods may run: all but the buildings that nobody has handed over."""
        if isinstance(self.site, AwsSite):
            return self.zones
        pairs = zip(self.zones, self.site.buildings, strict=True)
        return [zone for zone, building in pairs if building is None or building.takes_pods]

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
        declared: list[Path | Entry] = list(self.declaration.paths)
        declared += [each for each in self.declaration.entries if shows_its_network(each, self.name)]
        own: list[Permission] = [
            Permission(source, path.to, path.protocol, ports)
            for path in declared
            for source in path.from_
            for ports in path.ports
        ]
        over: list[Permission] = [
            each.permission for link in self.links.values() for each in self.link_permissions(link)
        ]
        return list(dict.fromkeys([*own, *over, *self._deliveries()]))

    @property
    def receiver(self) -> Receiver | None:
        """Where the site's gateways deliver their record, None where it stays on the site."""
        return receivers_of(self.declaration).get(self.name)

    @property
    def watch(self) -> Watched | None:
        """The watch that runs on the site by itself; None where somebody runs it."""
        return watches(self.declaration).get(self.name)

    @property
    def beside_api_servers(self) -> list[IPv4Network]:
        """The networks of the site that hold no API server: its segments, and the stores that waves fill."""
        jobs = wave_jobs(self.declaration, self.name).values()
        stores: list[IPv4Address] = sorted({job.storage.address for _, job in jobs})
        return [*map(self.segment_network, self.declaration.segments), *map(IPv4Network, stores)]

    def _deliveries(self) -> Iterator[Permission]:
        if (receiver := self.receiver) is not None:
            for segment in gateway_segments(self.declaration):
                ports = PortRange(receiver.port, receiver.port)
                yield Permission(segment, IPv4Network(receiver.address), "tcp", ports)

    @property
    def links(self) -> dict[str, Link]:
        """The links that end at this site, by name."""
        return {name: link for name, link in self.declaration.links.items() if self.name in link.between}

    def link_ends(self) -> dict[str, LinkEnd]:
        """Return the ends of everything with tunnels to this site: links by their names, ways of people by theirs."""
        links = {name: self._end_of(link) for name, link in self.links.items()}
        people = {
            one.name: LinkEnd(
                one.name, one.entry.to, over.remote, over.transit, one.network, ((one.entry.to, one.network),)
            )
            for one, over in tunnels(self.declaration)
            if one.site == self.name
        }
        return {**links, **people}

    def dial_ins(self) -> list[DialIn]:
        """Return the Client VPNs of the site."""
        return list(dial_ins(self.declaration, self.name))

    def _end_of(self, link: Link) -> LinkEnd:
        other = next(site for site in link.between if site != self.name)
        pairs = dict.fromkeys((each.segment, each.peer) for each in self.link_permissions(link))
        far = self.declaration.sites[other].cidr
        return LinkEnd(f"{self.name}-to-{other}", link.ends_in, link.remote, link.transit, far, tuple(pairs))

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

    def takes(self, classes: Iterable[str]) -> bool:
        """Return whether data of these classes may still be written there."""
        return takes(self.declaration, self.name, classes)

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
