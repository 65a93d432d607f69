"""One run as one frozen record: what was judged, under what, by what, with which result; every rendering reads it.

The form is versioned (`VERSION`) and documented by record.schema.json. Lists are in the order of the run's own inputs,
so that one run gives the same bytes again.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

VERSION: Final = 1
"""Grows where a field goes away or changes its meaning, not where one is added."""

Verdict = Literal["pass", "fail", "waived", "warned", "undetermined", "not-checked"]
Outcome = Literal["clean", "refused", "undetermined", "failed"]


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


def _moment(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a moment has a zone")
    return text


Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_day)]
Moment = Annotated[str, AfterValidator(_moment)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Part(BaseModel):
    """A frozen part of the record; fields that a newer writer added are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Line(Part):
    """A place in a file of the project; ``line`` and ``column`` count from 1."""

    file: str
    line: Annotated[int, Field(ge=1)]
    column: Annotated[int, Field(ge=1)] = 1

    def __str__(self) -> str:
        """Return the place as editors take it."""
        return f"{self.file}:{self.line}:{self.column}"


class Tool(Part):
    """A program or a package that took part; ``sha256`` is of its executable, None where it is a package."""

    name: str
    version: str
    kind: Literal["program", "engine", "plugin", "package"]
    sha256: Sha256 | None = None


class Input(Part):
    """Something that the run read: its role, what it is called, and its digest."""

    role: Literal["declaration", "settings", "law", "access-law", "catalog", "rules", "approval", "state", "bundle"]
    name: str
    sha256: Sha256


class Run(Part):
    """One run: which command, of which stack, when, with which result.

    ``moment`` is when the run ended (UTC, RFC 3339), ``as_of`` the day that was judged for. ``flags`` are the options
    as they were given, ``environment`` the names of variables of the engine that were set (never their values).
    ``changed`` are files that differ from ``commit``; both are empty where no repository holds the project.
    ``repository`` is the URL that the commit comes from, without credentials; empty where none is known.
    """

    command: Literal["preview", "up", "audit", "report"]
    phase: Literal["foretold", "plan", "done", "state"]
    stack: str
    project: str
    outcome: Outcome
    reasons: tuple[str, ...]
    exit_code: int
    moment: Moment
    as_of: Day
    strict: bool = False
    flags: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    commit: str = ""
    changed: tuple[str, ...] = ()
    repository: str = ""


class Pack(Part):
    """A policy pack that was asked, as it was enforced; ``sha256`` is over its files and the rules' library."""

    name: str
    version: str | None
    rules: int
    enforcement: Literal["mandatory"] = "mandatory"
    sha256: Sha256 | None = None


class RuleFacts(Part):
    """A rule that was promised; ``whole``: it is asked of the stack as a whole."""

    id: str
    name: str
    pack: str
    title: str
    severity: Literal["low", "medium", "high", "critical"]
    remedy: str
    whole: bool


class Place(Part):
    """Where a resource is; ``code`` and ``country`` are None where nobody can tell, ``words`` say why."""

    code: str | None
    country: str | None
    words: str


class Unchecked(Part):
    """A rule that was promised and did not answer for a resource, and why."""

    rule: str
    reason: str


class Judged(Part):
    """One resource; ``asked`` is the place in ``Record.profiles`` of the rules that were asked about it.

    ``step`` is what the engine did or would do with it (``stands`` in an exported state). ``declared`` is where the
    declaration says it. What no finding and no ``unchecked`` tells of, passed.
    """

    urn: str
    type: str
    name: str
    step: str
    asked: int
    verdict: Verdict
    site: str | None = None
    segment: str | None = None
    classes: tuple[str, ...] = ()
    place: Place | None = None
    declared: Line | None = None
    unchecked: tuple[Unchecked, ...] = ()


class WaivedBy(Part):
    """The exception of the law that covers a finding, or covered it until it ran out."""

    id: str
    owner: str
    approver: str
    granted: Day
    expires: Day


class Step(Part):
    """One direct connection of a path that a finding is about."""

    source: str
    target: str
    ports: str = ""
    rules: tuple[str, ...] = ()


class Finding(Part):
    """One refusal, waived or not, or what is told before it is one (``warned``).

    ``resource`` is its place in ``Record.resources``, None for the declaration itself.

    ``fingerprint`` stays the same as long as rule, resource, place and claim do, whatever the words say.
    ``declared`` is the line that a person changes, ``decided`` the line of the law, where one is known.
    """

    fingerprint: Sha256
    rule: str
    name: str
    verdict: Literal["fail", "waived", "warned", "undetermined"]
    message: str
    problem: str
    remedy: str
    resource: int | None = None
    where: str | None = None
    country: str | None = None
    path: str | None = None
    declared: Line | None = None
    decided: Line | None = None
    steps: tuple[Step, ...] = ()
    waiver: WaivedBy | None = None


class NotChecked(Part):
    """What nobody judged, with the reason: resources, rules, or what the engine asks no pack about."""

    what: str
    kind: Literal["resource", "rule", "step", "unfinished", "fact"]
    reason: str


class Permission(Part):
    """A dated permission of the law; ``used``: it waived something in this run. ``days`` are left (below 0: over)."""

    id: str
    rules: tuple[str, ...]
    owner: str
    approver: str
    reason: str
    ticket: str
    granted: Day
    expires: Day
    days: int
    used: bool


class Country(Part):
    """A country that the law approves for sites, or that the run tells of."""

    code: str
    name: str
    approved: bool = False


class Site(Part):
    """A declared site; power in MW, first and final; ``days`` are left until ``exit_by``."""

    name: str
    kind: Literal["aws", "kubernetes"]
    country: str
    country_name: str
    region: str | None
    role: str
    lifecycle: str
    cidr: str
    buildings: int | None = None
    power_mw: tuple[float, float] | None = None
    energy: str | None = None
    heat_reuse: str | None = None
    exit_by: Day | None = None
    days: int | None = None
    resources: int = 0
    declared: Line | None = None


class Segment(Part):
    """A declared part of every site's network."""

    name: str
    purpose: str
    classes: tuple[str, ...]


class Flow(Part):
    """A declared movement of data between two places, and why it is lawful; ``days`` are left (None: no end).

    ``basis`` is the rule of the law that the declaration names, ``lawful`` whether the law covers the movement.
    """

    what: str
    kind: Literal["link", "entry", "copy", "remote_access"]
    source: str
    source_country: str | None
    target: str
    target_country: str | None
    classes: tuple[str, ...]
    basis: str | None
    basis_words: str
    lawful: bool = True
    expires: Day | None = None
    days: int | None = None
    declared: Line | None = None


class Way(Part):
    """A permitted direct connection."""

    source: str
    target: str
    ports: str


class Promise(Part):
    """A promise about the network, and whether the plan keeps it; None: nobody can tell."""

    kind: Literal["must_deny", "must_permit", "must_cross"]
    source: str
    target: str
    on: str
    holds: bool | None


class Network(Part):
    """What packets can do, as it was proved from the resources.

    ``known``: every way was worked out; else ``ways`` is empty, as a plan of what is yet to be made tells ids too late.
    """

    known: bool = False
    ways: tuple[Way, ...] = ()
    promises: tuple[Promise, ...] = ()


class Row(Part):
    """A row of a gateway's table."""

    countries: tuple[str, ...]
    employers: tuple[str, ...]
    classes: tuple[str, ...]
    purposes: tuple[str, ...]
    result: str
    needs: tuple[str, ...]


class NeverRow(Part):
    """What may never be, whatever a table says."""

    id: str
    words: str


class Table(Part):
    """A gateway's table of decisions on one site, and its proof over the whole domain.

    ``asked`` questions stood for ``covered`` combinations; ``proved``: no never-row is broken, every allow has a row.
    """

    site: str
    gateway: str
    bundle: Sha256
    asked: int
    covered: int
    proved: bool
    wrong: str = ""


class Decisions(Part):
    """Who may reach what."""

    rows: tuple[Row, ...] = ()
    never: tuple[NeverRow, ...] = ()
    tables: tuple[Table, ...] = ()


class Approval(Part):
    """A gateway that needs an inspector's approval; ``file`` is None where it has none."""

    site: str
    gateway: str
    bundle: Sha256
    images: tuple[str, ...]
    file: str | None = None
    sha256: Sha256 | None = None
    key: str | None = None
    last_day: Day | None = None
    ends_soon: bool = False
    why_not: str = ""


class Gate(Part):
    """A check of a site before it takes user data: what is asked of whom; ``file`` is None where it is open.

    ``who`` accepted it on ``day``; ``last_day`` is None where it has no end.
    """

    site: str
    check: str
    asks: str
    by: str
    file: str | None = None
    sha256: Sha256 | None = None
    key: str | None = None
    who: str | None = None
    day: Day | None = None
    last_day: Day | None = None
    why_not: str = ""


class Custody(Part):
    """A customer key of every site: who administers it and who uses it."""

    name: str
    use: str
    classes: tuple[str, ...]
    administrators: tuple[str, ...]
    users: tuple[str, ...]
    kept_by: tuple[str, ...] = ()


class Inspector(Part):
    """Who watches from outside, and with which access."""

    name: str
    entity: str
    country: str
    independence: str
    scopes: tuple[str, ...]
    account: str | None
    groups: tuple[str, ...]
    retention_days: int
    reports_to: tuple[str, ...]


class Contact(Part):
    """Who answers for the enclave."""

    team: str
    email: str


class DataClass(Part):
    """A class of data, with examples."""

    name: str
    examples: tuple[str, ...]


class Entity(Part):
    """A company that employs people who may reach data; ``controlled_from`` is the country of ultimate control."""

    name: str
    country: str
    controlled_from: str


class Ground(Part):
    """Why one regime allows a movement: a rule of the law, and what it stands on; no ``rule``: nothing covers it.

    ``adequate`` says why the target country is adequate to the regime, whatever the rule stands on; None: it is not.
    """

    regime: Literal["eu", "uk", "ch"]
    rule: str | None = None
    basis: str | None = None
    words: str = ""
    adequate: str | None = None
    measure: str | None = None
    assessed: Day | None = None
    expires: Day | None = None
    days: int | None = None


class Transfer(Part):
    """Data that moves from one country into another, or is looked at from there; ``who`` gets it.

    ``needs`` is what a gateway asks for, ``result`` what it does (empty: no gateway decides about it).
    """

    who: str
    controlled_from: str | None = None
    what: str
    movement: Literal["copy", "link", "import", "remote_access"]
    source: str
    source_country: str
    target: str
    target_country: str | None
    classes: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    result: str = ""
    needs: tuple[str, ...] = ()
    grounds: tuple[Ground, ...] = ()
    declared: Line | None = None


class Wave(Part):
    """Data that moves from a transitional site into the enclave, as its journals tell.

    ``objects`` are versions with delete markers. ``proved``: source and target were found equal, by content.
    ``statements`` are the signed statements (DSSE envelopes) over the manifest, and over the empty source.
    ``left`` is how many versions the last listing of the source showed (None: nobody looked), ``days`` are left.
    """

    name: str
    source: str
    target: str
    classes: tuple[str, ...]
    delete_by: Day
    days: int
    readers: str
    stage: str = "new"
    objects: int = 0
    bytes: int = 0
    proved: bool = False
    left: int | None = None
    statements: tuple[str, ...] = ()
    declared: Line | None = None


class Approved(Part):
    """One approval in the history of a basis; ``approved`` is None for the row's own, which says its first day."""

    until: Day
    approved: Day | None = None
    approver: str
    reason: str
    source: str


class Transition(Part):
    """The basis of a transitional site abroad: what may rest there, until when, and every approval that it had.

    ``last_day`` is by the approvals of the day that was judged for, ``days`` are left until then (below 0: it is over).
    ``stand_in``: it counts in a sandbox alone.
    """

    id: str
    site: str
    account: str
    region: str
    country: str
    wave: str
    classes: tuple[str, ...]
    regimes: tuple[str, ...]
    basis: str
    owner: str
    starts: Day
    last_day: Day
    days: int
    in_force: bool
    stand_in: bool = False
    history: tuple[Approved, ...]
    decided: Line | None = None


class Replica(Part):
    """Buckets that are copied to another site again and again, and what was signed of the last comparisons.

    ``order`` is that in which people are sent to sites. ``statements`` are signed (DSSE envelopes): one for each bucket
    whose copy was in order when it was compared; they say when, and how old the oldest thing was that it lacked.
    """

    name: str
    source: str
    target: str
    classes: tuple[str, ...]
    buckets: int
    every_minutes: int
    lag_minutes: int
    order: tuple[str, ...]
    statements: tuple[str, ...] = ()
    declared: Line | None = None


class Enclave(Part):
    """What was declared, and what was proved of it."""

    name: str = ""
    subjects: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    countries: tuple[Country, ...] = ()
    sites: tuple[Site, ...] = ()
    segments: tuple[Segment, ...] = ()
    flows: tuple[Flow, ...] = ()
    network: Network = Network()
    decisions: Decisions = Decisions()
    approvals: tuple[Approval, ...] = ()
    gates: tuple[Gate, ...] = ()
    keys: tuple[Custody, ...] = ()
    inspector: Inspector | None = None
    contact: Contact | None = None
    data_classes: tuple[DataClass, ...] = ()
    purposes: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    waves: tuple[Wave, ...] = ()
    transitions: tuple[Transition, ...] = ()
    replicas: tuple[Replica, ...] = ()


class Summary(Part):
    """Counts: of resources by verdict, and of pairs of a resource and a rule."""

    resources: int
    passed: int
    failed: int
    undetermined: int
    waived: int
    warned: int = 0
    unchecked: int
    pairs: int
    pairs_unchecked: int
    types: int


class Record(Part):
    """One run."""

    record_version: int = VERSION
    tool: str
    run: Run
    tools: tuple[Tool, ...]
    inputs: tuple[Input, ...]
    packs: tuple[Pack, ...]
    rules: tuple[RuleFacts, ...]
    profiles: tuple[tuple[int, ...], ...]
    resources: tuple[Judged, ...]
    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    exceptions: tuple[Permission, ...]
    summary: Summary
    enclave: Enclave = Enclave()
