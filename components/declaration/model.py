"""The declaration's model: what is wanted, as typed and frozen records."""

from __future__ import annotations

import re
from datetime import date
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from components.addresses import segment_slots, zone_slots
from components.declaration import forms
from components.declaration.ports import Ports  # noqa: TC001 (pydantic needs it at run time)

most_power = 10_000
"""In MW: several times the largest campus that anybody has announced; more is a slip of the unit (kW)."""
_day = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

Text = Annotated[str, Field(min_length=1, max_length=1000, pattern=forms.TEXT)]
Name = Annotated[str, Field(pattern=forms.NAME, max_length=24)]
Country = Annotated[str, Field(pattern=forms.COUNTRY, description="ISO 3166-1 alpha-2 code")]
Port = Annotated[int, Field(ge=1, le=65535)]
Endpoint = Annotated[
    str,
    Field(
        pattern=forms.ENDPOINT,
        description="internet, person, SEGMENT (of every site) or SITE/SEGMENT",
    ),
]
Sha256 = Annotated[str, Field(pattern=forms.SHA256)]
AccountId = Annotated[str, Field(pattern=forms.ACCOUNT, description="12 digits, in quotes")]
Person = Annotated[str, Field(pattern=forms.PERSON)]
PublicKey = Annotated[str, Field(pattern=forms.PUBLIC_KEY)]
RoleName = Annotated[str, Field(pattern=forms.ROLE)]
ImageDigest = Annotated[str, Field(pattern=forms.IMAGE, max_length=forms.LONGEST_IMAGE, description="name@sha256:…")]
MachineImage = Annotated[str, Field(pattern=forms.MACHINE_IMAGE)]
OrganizationTarget = Annotated[
    str,
    Field(
        pattern=forms.TARGET,
        description="root, organizational unit or account",
    ),
]
SiteSegment = Annotated[
    str,
    Field(pattern=forms.SITE_SEGMENT, description="SITE/SEGMENT"),
]
Uuid = Annotated[str, Field(pattern=forms.UUID)]
PrivateAsn = Annotated[
    int, Field(ge=64512, le=65534, description="autonomous system number for private use (RFC 6996)")
]
Lifecycle = Literal["planned", "building", "testing", "live", "draining", "retired"]


def _network(value: Any) -> Any:
    if isinstance(value, IPv4Network):
        return value
    text = value if isinstance(value, str) else ""
    try:
        return IPv4Network(text)
    except ValueError:
        raise ValueError(f"is not an IPv4 network; {_whole_network(text)}") from None


def _whole_network(text: str) -> str:
    """Return what to write instead: the network that an address lies in, where that is what was written."""
    try:
        return f"the bits behind the prefix must be 0: write {IPv4Network(text, strict=False)}"
    except ValueError:
        return "write it as 10.16.0.0/16"


def _address(value: Any) -> Any:
    if isinstance(value, IPv4Address):
        return value
    try:
        return IPv4Address(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError("is not an IPv4 address; write it as 10.250.0.10") from None


def _date(value: Any) -> Any:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _day.fullmatch(value):
        raise ValueError("is not a day; write it as YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("is a day that no calendar has; correct it") from None


Network = Annotated[
    IPv4Network,
    BeforeValidator(_network, json_schema_input_type=str),
    Field(description="IPv4 network in CIDR form, host bits zero"),
]
Address = Annotated[
    IPv4Address, BeforeValidator(_address, json_schema_input_type=str), Field(description="IPv4 address")
]
IsoDate = Annotated[date, BeforeValidator(_date, json_schema_input_type=str)]


def _pair(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _growing(value: tuple[float, float]) -> tuple[float, float]:
    first, last = value
    if not 0 < first <= last <= most_power:
        raise ValueError(f"is not first and final power: more than 0, growing, up to {most_power:,} MW")
    return value


class Record(BaseModel):
    """A strict, frozen record that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Contact(Record):
    """Who answers for the enclave."""

    team: Text
    email: Annotated[str, Field(pattern=forms.EMAIL, max_length=forms.LONGEST_EMAIL)]


class DataClass(Record):
    """A class of data, with examples that a person recognises."""

    examples: list[Text] = Field(min_length=1)


class Segment(Record):
    """A part of a site's network with one purpose; everything between segments is denied unless a path says so."""

    purpose: Text
    slot: Annotated[int, Field(ge=0, lt=segment_slots, description="fixes the segment's addresses for ever")]
    classes: list[Name] = []
    services: list[Literal["s3", "kms", "sts", "logs", "ssm"]] = Field(
        default=[], description="AWS services reached by private endpoints that stand in this segment"
    )


class _Way(Record):
    to: Name
    ports: list[Ports] = Field(min_length=1)
    protocol: Literal["tcp", "udp"] = "tcp"


class Path(_Way):
    """A permitted connection from segments to a segment of the same site."""

    from_: list[Name] = Field(alias="from", min_length=1)


class Entry(_Way):
    """A permitted connection from networks outside the site into one of its segments."""

    from_: list[Network] = Field(alias="from", min_length=1)
    country: Country | None = Field(
        default=None, description="where these networks are; absent: nobody who arrives from there is located"
    )


class Invariant(Record):
    """A promise about what packets can do, whatever builds it; proved on every plan."""

    from_: list[Endpoint] = Field(alias="from", min_length=1)
    to: list[Endpoint] = Field(min_length=1)
    ports: list[Ports] = Field(default=[], description="absent: every port")
    protocol: Literal["tcp", "udp"] | None = Field(default=None, description="absent: every protocol")


class Crossing(Record):
    """A promise that whoever gets from one end to another, by however many hops, passes a gateway."""

    from_: list[Endpoint] = Field(alias="from", min_length=1)
    to: list[Endpoint] = Field(min_length=1)
    gateway: Name


class Invariants(Record):
    """What must hold of the network: no direct connection, a direct connection, no path but through a gateway."""

    must_deny: list[Invariant] = []
    must_permit: list[Invariant] = []
    must_cross: list[Crossing] = []


class Key(Record):
    """A customer key of every site for one purpose; who administers it may not use it."""

    use: Literal["encrypt", "hmac"]
    classes: list[Name] = []
    administrators: list[RoleName] = Field(min_length=1, description="existing roles of the site's account")
    users: list[RoleName] = Field(default=[], description="existing roles of the site's account")


class Entity(Record):
    """A company that employs people: where it is registered, and from where it is controlled in the end."""

    country: Country
    controlled_from: Country = Field(description="country of ultimate control")


class Route(Record):
    """Requests whose path begins with the prefix: which data they are about, and who answers them on every site."""

    prefix: Annotated[str, Field(pattern=forms.PREFIX, max_length=200)]
    class_: Name = Field(alias="class")
    segment: Name = Field(description="the segment in which the service stands")
    service: Name = Field(description="its name, which its certificate bears too")
    port: Port


class Decision(Record):
    """One row of a gateway's table: who may reach what, from where and with what; what no row allows is denied."""

    from_: list[Country] = Field(alias="from", min_length=1, description="countries that the person is in")
    employer: list[Name] = Field(min_length=1, description="entities that employ the person")
    class_: list[Name] = Field(alias="class", min_length=1)
    purpose: list[Name] = Field(min_length=1)
    result: Literal["allow", "pseudonymise", "deny"]
    needs: list[Annotated[str, Field(pattern=forms.NEED)]] = Field(
        default=[], description='ticket, approver, "ttl<=4h"; every decision is recorded, needed or not'
    )


class Identity(Record):
    """The identity provider whose tokens say who somebody is, for whom they work and in which country they are."""

    issuer: Annotated[str, Field(pattern=forms.ISSUER)]
    audience: Text
    jwks: Text = Field(description="its public keys, as the text of a JSON Web Key Set (RFC 7517)")


class Gateway(Record):
    """A monitored gateway, present on every site."""

    segment: Name
    front: Name = Field(description="the segment in which people and systems meet the gateway")
    port: Port
    image: ImageDigest
    machine_images: dict[str, MachineImage] = Field(default={}, description="region → machine image")
    instance_type: Annotated[str, Field(pattern=forms.INSTANCE_TYPE)] = "m7i.large"
    replicas: Annotated[int, Field(ge=1, le=99)] = 3
    decide: list[Decision] = Field(default=[], description="what is allowed; without a row nobody reaches anything")


class _Site(Record):
    country: Country
    cidr: Network
    role: Literal["enclave", "transitional"] = "enclave"
    lifecycle: Lifecycle
    exit_by: IsoDate | None = Field(default=None, description="required for a transitional site")
    tags: dict[str, str] = {}

    @property
    def provisioned(self) -> bool:
        """Whether the site's lifecycle stage has resources."""
        return self.lifecycle not in ("planned", "retired")


class AwsSite(_Site):
    """A site in one AWS region: own VPC, own keys, own gateways."""

    kind: Literal["aws"]
    region: Annotated[str, Field(pattern=forms.REGION)]
    account: AccountId
    zones: list[Annotated[str, Field(pattern=forms.ZONE)]] = Field(
        default=["a", "b", "c"], min_length=2, max_length=zone_slots
    )


class Cluster(Record):
    """The identity of a Kubernetes cluster: its certificate authority, not its address."""

    ca_sha256: Sha256
    context: Text | None = None


class KubernetesSite(_Site):
    """A site of our own on Kubernetes, in one or more buildings."""

    kind: Literal["kubernetes"]
    cluster: Cluster | None = Field(default=None, description="absent only where sandbox is true")
    buildings: Annotated[int, Field(ge=1, le=zone_slots)]
    operators: list[Text] = Field(default=["enclave-operators"], description="groups that operate the cluster")
    power_mw: Annotated[tuple[float, float], BeforeValidator(_pair), AfterValidator(_growing)] | None = Field(
        default=None, description="first and final power in MW"
    )
    energy: Literal["renewable", "mixed"] | None = None


class LinkRemote(Record):
    """The device in a site of our own at which a link's tunnels end."""

    address: Address = Field(description="its private address, reached over the circuit")
    asn: PrivateAsn


class LinkTransit(Record):
    """The end of a link in AWS: a transit gateway, and the Direct Connect gateway whose circuit carries the tunnels."""

    network: Network = Field(description="private addresses for the outer ends of the tunnels, /24 or wider")
    asn: PrivateAsn
    direct_connect: Uuid | None = Field(
        default=None, description="the Direct Connect gateway of the site's account; absent only where sandbox is true"
    )


class LinkPath(Record):
    """A permitted connection from segments of one linked site to a segment of the other."""

    from_: list[SiteSegment] = Field(alias="from", min_length=1)
    to: SiteSegment
    ports: list[Ports] = Field(min_length=1)
    protocol: Literal["tcp", "udp"] = "tcp"


class Link(Record):
    """A private, encrypted link between a site in AWS and a site of our own, for declared pairs of segments only."""

    between: list[Name] = Field(min_length=2, max_length=2)
    basis: Name = Field(description="the transfer rule of the law that covers both countries")
    ends_in: Name = Field(description="the segment in whose subnets the link ends in AWS; no path of a link uses it")
    remote: LinkRemote
    transit: LinkTransit
    paths: list[LinkPath] = Field(min_length=1)


class Organization(Record):
    """The AWS organization whose accounts are bound by the enclave's service control policies."""

    account: AccountId = Field(description="the management account, which no such policy binds; no site lies in it")
    target: OrganizationTarget


Site = Annotated[AwsSite | KubernetesSite, Field(discriminator="kind")]


class Declaration(Record):
    """One enclave: its sites and what every one of them has."""

    enclave: Name
    sandbox: bool = Field(default=False, description="true: built on the local stand-ins of the clouds")
    names: Literal["short", "full"] | None = Field(
        default=None,
        description="short: a stack that stands keeps names without the enclave's; full, absent: every name carries it",
    )
    contact: Contact
    tags: dict[str, str] = {}
    subjects: list[Literal["eu", "uk", "ch"]] = Field(min_length=1, description="whose data it is")
    data_classes: dict[Name, DataClass]
    segments: dict[Name, Segment] = Field(min_length=1)
    paths: list[Path] = []
    entries: list[Entry] = []
    invariants: Invariants = Invariants()
    keys: dict[Name, Key]
    gateways: dict[Name, Gateway]
    entities: dict[Name, Entity] = {}
    purposes: list[Name] = []
    routes: dict[Name, Route] = {}
    identity: Identity | None = Field(
        default=None, description="absent: no gateway lets anybody in; a sandbox brings its own"
    )
    approvers: dict[Person, PublicKey] = Field(
        default={},
        description="who may approve just-in-time grants, as the identity provider names them → Ed25519 key (base64)",
    )
    organization: Organization | None = Field(
        default=None, description="absent: no service control policy is attached; a sandbox brings its own"
    )
    sites: dict[Name, Site] = Field(min_length=1)
    links: dict[Name, Link] = {}
