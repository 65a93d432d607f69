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
shortest_copy = 90
longest_copy = 3653
"""In days, ten years: nobody can take an object lock back, so a slip would have to be paid for that long."""
longest_lag = 10_080
"""In minutes, a week: a copy that is older is a backup, and no site to fail over to."""
most_groups = 50
"""Authorization rules of a Client VPN (its administrator guide, "Quotas"); a group needs one."""
longest_banner = 1400
"""Signs (EC2 API, ClientLoginBannerOptions)."""
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
Certificate = Annotated[str, Field(pattern=forms.CERTIFICATE)]
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


def _free(value: str) -> str:
    for part, is_reserved, reserved in (
        ("begins", value.startswith, forms.RESERVED_BEGINNINGS),
        ("ends", value.endswith, forms.RESERVED_ENDINGS),
    ):
        if taken := next(filter(is_reserved, reserved), None):
            raise ValueError(f"{part} with '{taken}', which S3 keeps for itself; choose another name")
    return value


Bucket = Annotated[str, Field(pattern=forms.BUCKET), AfterValidator(_free)]


def _plain(value: Any) -> Any:
    if not isinstance(value, str | int):  # one sentence; of a union pydantic says why each of its types is not it
        raise ValueError("is not a text, a whole number, true or false; put it in quotes")  # noqa: TRY004 (pydantic's)
    return value


PlainValue = Annotated[str | int | bool, BeforeValidator(_plain)]


def _whole_tunnel(value: bool) -> bool:
    if value:
        raise ValueError("would leave a device on two networks at once, a bridge into the enclave; remove it")
    return value


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


class LinkRemote(Record):
    """The device outside AWS at which a link's tunnels end."""

    address: Address = Field(description="its private address, reached over the circuit")
    asn: PrivateAsn


class LinkTransit(Record):
    """The end of a link in AWS: a transit gateway, and the Direct Connect gateway whose circuit carries the tunnels."""

    network: Network = Field(description="private addresses for the outer ends of the tunnels, /24 or wider")
    asn: PrivateAsn
    direct_connect: Uuid | None = Field(
        default=None, description="the Direct Connect gateway of the site's account; absent only where sandbox is true"
    )


class SiteToSite(Record):
    """Tunnels from an office to a site in AWS, for the network of an entry and no other."""

    over: Literal["site-to-site"]
    basis: Name = Field(description="the transfer rule of the law that covers both countries")
    remote: LinkRemote
    transit: LinkTransit


class ClientVpn(Record):
    """A Client VPN of a site in AWS, into which people's own devices dial.

    The network of the entry gives them their addresses. A device proves itself by a certificate and its owner signs on,
    both: AWS takes certificates together with SAML (Client VPN administrator guide, "Client authentication").
    """

    over: Literal["client-vpn"]
    basis: Name = Field(description="the transfer rule of the law that covers both countries")
    server_certificate: Certificate = Field(description="by which devices know the endpoint; in the site's own ACM")
    client_authority: Certificate = Field(description="the authority of the devices' certificates; in the site's ACM")
    saml_provider: Annotated[str, Field(pattern=forms.SAML_PROVIDER, description="where people sign on")]
    groups: list[Annotated[str, Field(pattern=forms.PEOPLE_GROUP)]] = Field(
        min_length=1, max_length=most_groups, description="groups of the identity provider whose people get in"
    )
    session_hours: Literal[8, 10, 12, 24] = Field(default=8, description="after which people sign on again")
    banner: Annotated[str, Field(min_length=1, max_length=longest_banner, pattern=forms.TEXT)]
    split_tunnel: Annotated[bool, AfterValidator(_whole_tunnel)] = Field(
        default=False, description="always false: a device that is dialled in has no other network"
    )


OverAws = Annotated[SiteToSite | ClientVpn, Field(discriminator="over")]


class Entry(_Way):
    """A permitted connection from networks outside the site into one of its segments."""

    from_: list[Network] = Field(alias="from", min_length=1)
    country: Country | None = Field(
        default=None, description="where these networks are; absent: nobody who arrives from there is located"
    )
    arrives: dict[Name, OverAws] = Field(
        default={}, description="site in AWS → the way there; absent: permitted, and no way leads there"
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
    sealers: list[RoleName] = Field(
        default=[],
        description="existing roles that seal vaults of tokens with it; then users open them, and do no more",
    )


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
    flow: Name | None = Field(
        default=None, description="pseudonymise: the leaving flow by which answers leave, and nothing else of them"
    )
    needs: list[Annotated[str, Field(pattern=forms.NEED)]] = Field(
        default=[], description='ticket, approver, "ttl<=4h"; every decision is recorded, needed or not'
    )


class Identity(Record):
    """The identity provider whose tokens say who somebody is, for whom they work and in which country they are."""

    issuer: Annotated[str, Field(pattern=forms.ISSUER)]
    audience: Text
    jwks: Text = Field(description="its public keys, as the text of a JSON Web Key Set (RFC 7517)")


class Balancer(Record):
    """What people meet on a site of our own: an address that the cluster announces (MetalLB, Cilium)."""

    address: Address = Field(description="an address of the site, in the block of the gateway's segment 'front'")
    class_: Annotated[str, Field(alias="class", pattern=forms.BALANCER_CLASS, description="which controller serves it")]


class Gateway(Record):
    """A monitored gateway, present on every site."""

    segment: Name
    front: Name = Field(description="the segment in which people and systems meet the gateway")
    port: Port
    image: ImageDigest
    machine_images: dict[str, MachineImage] = Field(default={}, description="region → machine image")
    instance_type: Annotated[str, Field(pattern=forms.INSTANCE_TYPE)] = "m7i.large"
    replicas: Annotated[int, Field(ge=1, le=99)] = 3
    balancers: dict[Name, Balancer] = Field(
        default={}, description="site of our own → the balancer in front; absent: nobody outside the cluster arrives"
    )
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

    @property
    def drains(self) -> bool:
        """Whether data rests there and none is added."""
        return self.lifecycle == "draining"


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


class Building(Record):
    """One building of a site: its own stage, and the day on which it was handed over; pods run there from then on."""

    stage: Lifecycle
    handed_over: IsoDate | None = None

    @property
    def takes_pods(self) -> bool:
        """Whether pods may run in it."""
        return self.handed_over is not None


def _buildings(value: Any) -> Any:
    """Return buildings one by one, None for each of a number: those are as the site is."""
    if isinstance(value, list):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("is not a whole number; give how many there are, or a list: [{stage: …, handed_over: …}]")  # noqa: TRY004
    if not 1 <= value <= zone_slots:
        raise ValueError("is too small; give 1 or more" if value < 1 else f"is too large; give {zone_slots} or less")
    return [None] * value


class KubernetesSite(_Site):
    """A site of our own on Kubernetes, in one or more buildings."""

    kind: Literal["kubernetes"]
    cluster: Cluster | None = Field(default=None, description="absent only where sandbox is true")
    buildings: Annotated[
        list[Building | None],
        Field(min_length=1, max_length=zone_slots),
        BeforeValidator(_buildings, json_schema_input_type=list[Building] | int),
    ] = Field(description="how many, or one by one: its stage, and the day on which it was handed over")
    operators: list[Text] = Field(default=["enclave-operators"], description="groups that operate the cluster")
    power_mw: Annotated[tuple[float, float], BeforeValidator(_pair), AfterValidator(_growing)] | None = Field(
        default=None, description="first and final power in MW"
    )
    energy: Literal["renewable", "mixed"] | None = None
    heat_reuse: Text | None = Field(default=None, description="what the site's waste heat is used for, in words")
    storage_class: Name = Field(
        default="encrypted", description="the cluster's storage class whose volumes are encrypted; the law lists it"
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


class LeavingNoise(Record):
    """Differential privacy of a table: each one spends epsilon of what the recipient may ever get about the class."""

    epsilon: Annotated[str, Field(pattern=forms.AMOUNT, description='in quotes, such as "0.5"')]
    budget: Annotated[str, Field(pattern=forms.AMOUNT, description='in quotes, such as "3"')]
    each: int = Field(description="how many records of one person count")


class LeavingGroups(Record):
    """A table of how many records there are by some fields; a group of too few people is left out."""

    person: Text = Field(description="the field that tells people apart; it stays")
    by: list[Text] = Field(min_length=1)
    minimum: int = Field(description="the least people of a group")
    noise: LeavingNoise | None = None


class LeavingField(Record):
    """What becomes of one field; a field that is not listed is dropped."""

    do: Literal["drop", "keep", "pseudonym", "token", "country", "day", "age-band", "person"]
    values: list[PlainValue] | None = Field(default=None, description="keep: all that may leave")
    width: int | None = Field(default=None, description="age-band: years of a band")
    top: int | None = Field(default=None, description="age-band: with how many years the last band begins")


class LeavingReversal(Record):
    """How tokens are turned back, inside: by a grant that somebody else has approved."""

    key: Name = Field(description="the site's key that seals the vaults, under keys")
    approvers: list[Person] = Field(min_length=1, description="who may approve, under approvers")
    purposes: list[Name] = Field(min_length=1, description="what tokens may be turned back for")


class LeavingFlow(Record):
    """Data about people that leaves the enclave through a de-identifier, as files or through a gateway."""

    class_: Name = Field(alias="class")
    purpose: Name
    recipient: Name = Field(description="who gets it; pseudonyms of two recipients cannot be joined")
    country: Country
    regimes: list[Literal["eu", "uk", "ch"]] = Field(
        default=[], description="whose data it is; absent: all of subjects"
    )
    measure: Literal["tokenised", "pseudonymised", "aggregated", "noised"] = Field(
        description="what hides people; the law says which one is enough for class, country and regime"
    )
    epoch: Literal["day", "week"] | None = Field(
        default=None, description="how long a gateway's pseudonyms stay equal; absent: it leaves as files only"
    )
    fields: dict[Text, LeavingField] = Field(min_length=1)
    groups: LeavingGroups | None = Field(default=None, description="absent: records leave one by one")
    reversal: LeavingReversal | None = Field(default=None, description="absent: nothing can be turned back")


class InspectorAws(Record):
    """From where the inspector assumes its role on every site in AWS, with MFA."""

    account: AccountId = Field(description="the inspector's own account; the law lists it (inspectors.yaml)")
    external_id: Annotated[str, Field(pattern=forms.EXTERNAL_ID)]


class InspectorKubernetes(Record):
    """Who the inspector is on every Kubernetes site."""

    groups: list[Text] = Field(min_length=1, description="groups of the inspector's people and programs")


class InspectorPrincipals(Record):
    """The inspector's principals; they only read."""

    aws: InspectorAws | None = Field(default=None, description="absent only where no site lies in AWS")
    kubernetes: InspectorKubernetes | None = Field(
        default=None, description="absent only where no site is on Kubernetes"
    )


class LogCopy(Record):
    """The inspector's own copy of the record, which nobody can write, change or remove."""

    retention_days: Annotated[int, Field(ge=shortest_copy, le=longest_copy)] = Field(
        description="how long nobody, not even the account's owner, can remove an entry; it can never be shortened"
    )


class Receiver(Record):
    """Where the gateways of a site of our own deliver their record and alerts: the inspector's own store (S3 API)."""

    host: Annotated[
        str, Field(pattern=forms.HOST_NAME, max_length=253, description="the law lists it (approved.yaml: receivers)")
    ]
    address: Address = Field(description="where it is reached over the inspector's line: private, of no site")
    port: Port = 443
    bucket: Annotated[Bucket, Field(description="versioned and under object lock; the inspector keeps it")]


class WatchAws(Record):
    """The program of the inspector's account that watches sites in AWS by a schedule, and where it leaves its runs."""

    role: RoleName = Field(description="the program's role in the inspector's own account; each site lets it look")
    bucket: Annotated[Bucket, Field(description="the inspector's own, for documents and runs")]
    region: Annotated[str, Field(pattern=forms.REGION, description="where that bucket is")]


class Watch(Record):
    """The watch that runs by itself; on a site of our own a CronJob, whose runs the site's receiver hears of."""

    every: Annotated[str, Field(pattern=forms.EVERY, description='such as "5 minutes"')]
    image: ImageDigest
    segment: Name = Field(description="where it stands on a site of our own; it may reach API server and receiver")
    aws: WatchAws | None = Field(default=None, description="absent: somebody runs `enclave watch` for sites in AWS")

    @property
    def minutes(self) -> int:
        """The minutes between two runs."""
        return int(self.every.split()[0])


class Inspector(Record):
    """Who watches the gateways from outside; which keys and accounts are the inspector's is law, and not said here."""

    name: Name = Field(description="the name under which the law lists its keys and accounts (inspectors.yaml)")
    entity: Text = Field(description="the firm, as it is registered")
    country: Country = Field(description="where the firm sits")
    independence: Text = Field(description="why it depends on nobody whom it inspects")
    scopes: list[Literal["gateways", "identities", "keys", "network", "storage"]] = Field(
        min_length=1, description="what it may look at, beside its copy of the record; never data or Secrets"
    )
    principals: InspectorPrincipals
    log_copy: LogCopy
    receivers: dict[Name, Receiver] = Field(
        default={}, description="site of our own → where its record goes; absent: it stays on the site"
    )
    alerts: Annotated[str, Field(pattern=forms.ALERTS, description="where alerts go, an https address")]
    watch: Watch | None = Field(
        default=None, description="runs where there is a receiver; absent: somebody runs `enclave watch`"
    )
    reports_to: list[Text] = Field(min_length=1, description="authorities that get its reports")


class Organization(Record):
    """The AWS organization whose accounts are bound by the enclave's service control policies."""

    account: AccountId = Field(description="the management account, which no such policy binds; no site lies in it")
    target: OrganizationTarget


class CopyLimits(Record):
    """What a wave or a replica may take of networks and stores."""

    workers: Annotated[int, Field(ge=1, le=1000)] = 4
    transfers: Annotated[int, Field(ge=1, le=64, description="objects that each worker copies at once")] = 8
    bytes_per_second: Annotated[int, Field(ge=1, description="of all workers; absent: no limit")] | None = None
    requests_per_second: Annotated[int, Field(ge=1, description="of all workers; absent: no limit")] | None = None


class StoreAddress(Record):
    """A store as workers on a site reach it, over private networks alone."""

    host: Annotated[str, Field(pattern=forms.HOST_NAME, max_length=253)]
    address: Address
    port: Port = 443


class WaveJob(Record):
    """Workers on the site of our own that a wave fills: an Indexed Job of Kubernetes, one part for each index."""

    image: ImageDigest
    segment: Name = Field(description="where workers stand; nothing else leads out of it or into it")
    source: StoreAddress = Field(description="the private endpoint of S3 there; the law lists it (transitional.yaml)")
    storage: StoreAddress = Field(description="the store of the site itself")
    journal: Bucket = Field(description="bucket of the site for the plan and what workers tell of it; no wave fills it")
    plan: Annotated[str, Field(pattern=forms.PLAN)] | None = Field(
        default=None, description="what `enclave wave plan --write` writes; absent: nothing is planned, no Job runs"
    )


class WaveReplication(Record):
    """S3 itself brings a wave in, from one bucket to the store of a site in AWS."""

    role: RoleName = Field(
        description="the role that S3 takes in the account of the site that is left, for this wave alone; the law "
        "names it (transitional.yaml)"
    )


class Wave(Record):
    """Data that moves into the enclave, one way: from a transitional site, which it leaves by a day."""

    from_: Name = Field(alias="from", description="a transitional site")
    to: Name = Field(description="a live site of the enclave")
    classes: list[Name] = Field(min_length=1)
    delete_by: IsoDate = Field(description="the last day on which anything may be left at the source")
    readers: Name | None = Field(
        default=None, description="the site that readers read from now; absent: still the one that data comes from"
    )
    buckets: dict[Bucket, Bucket] = Field(
        default={}, description="bucket there → bucket here; absent: nothing is planned yet"
    )
    endpoint: Annotated[str, Field(pattern=forms.STORE)] | None = Field(
        default=None, description="the S3 address of the store on a site of our own; a sandbox has a stand-in's"
    )
    limits: CopyLimits = CopyLimits()
    job: WaveJob | None = Field(
        default=None, description="workers on the site; absent, and no replication: copied from where the command runs"
    )
    replication: WaveReplication | None = Field(
        default=None, description="between sites in AWS: S3 copies; absent: as job says"
    )


class Replica(Record):
    """Buckets of a site that are copied to another one, again and again: what is lost there is read here."""

    from_: Name = Field(alias="from")
    to: Name
    classes: list[Name] = Field(min_length=1)
    buckets: dict[Bucket, Bucket] = Field(
        min_length=1, description="bucket there → bucket here, which must keep versions"
    )
    every_minutes: Annotated[int, Field(ge=1, le=longest_lag)] = Field(description="how often it is copied")
    lag_minutes: Annotated[int, Field(ge=1, le=longest_lag)] = Field(
        description="how old may be what the copy lacks; more is refused by `enclave failover verify`"
    )
    endpoints: dict[Name, Annotated[str, Field(pattern=forms.STORE)]] = Field(
        default={}, description="site of our own → the S3 address of its store; a sandbox has stand-ins'"
    )
    limits: CopyLimits = CopyLimits()


class Failover(Record):
    """What must survive the loss of a site, where its copies are, and which site people ask instead."""

    order: list[Name] = Field(
        min_length=2, description="sites in the order in which gateways are asked: the next one where one is silent"
    )
    classes: list[Name] = Field(min_length=1, description="data that must survive the loss of any of these sites")
    replicas: dict[Name, Replica] = {}


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
    leaving: dict[Name, LeavingFlow] = Field(
        default={}, description="what leaves through a de-identifier; else nothing"
    )
    inspector: Inspector | None = Field(default=None, description="absent: nobody from outside sees what gateways do")
    organization: Organization | None = Field(
        default=None, description="absent: no service control policy is attached; a sandbox brings its own"
    )
    sites: dict[Name, Site] = Field(min_length=1)
    links: dict[Name, Link] = {}
    waves: dict[Name, Wave] = {}
    failover: Failover | None = Field(default=None, description="absent: what a site loses is lost")
