"""The only module that knows pulumi_policy: what the engine sends becomes plain data, findings become violations."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

import grpc  # type: ignore[import-untyped]
import pulumi
import pulumi_policy.policy
from google.protobuf import struct_pb2  # type: ignore[import-untyped]
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]
from pulumi.runtime import proto
from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ResourceValidationPolicy,
    StackValidationPolicy,
)
from pulumi_policy import Severity as PolicySeverity
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.policy import _PolicyAnalyzerServicer
from pulumi_policy.proxy import _is_unknown, unknown_checking_proxy

from enclave_policies.judging.judge import judge_in_stack, judge_reading, left_out, try_read
from enclave_policies.judging.judged_day import ONLY_PLANS, named_day
from enclave_policies.judging.promise import promise_of, read_promise
from enclave_policies.judging.side_channel import hand_over
from enclave_policies.law.folder import load_law
from enclave_policies.law.folder.manifest import FILE
from enclave_policies.reading.reading import Reading
from enclave_policies.reading.rule import Rule
from enclave_policies.reading.stack import Stack
from enclave_policies.resources.resource import UNKNOWN, Provider, Resource
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.rule import Question


class Load(Protocol):
    """How a pack reads its law."""

    def __call__(self, pack_dir: Path, /, *, as_of: date | None) -> Law:
        """Return the law in a folder, on a day (None: today). Raises ProblemsError."""


UNREADABLE_SECRET = "[secret]"  # noqa: S105 (what the engine puts where it cannot decrypt)


def plain(value: Any) -> Any:
    """Return a proxy's content as dicts, lists and scalars.

    Reading an unknown value through the proxy raises and ends the whole rule; the key ``__target`` gives the raw
    container instead. Keys that begin with ``__`` are the engine's own. Of an asset, where it comes from counts.
    """
    if isinstance(value, str):
        return UNKNOWN if _is_unknown(value) or value == UNREADABLE_SECRET else value
    if isinstance(value, Mapping):
        raw = value if isinstance(value, dict) else value["__target"]
        return {key: plain(item) for key, item in raw.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        raw = value if isinstance(value, list) else value["__target"]  # type: ignore[call-overload]
        return [plain(item) for item in raw]
    if isinstance(value, pulumi.RemoteAsset | pulumi.RemoteArchive):
        return {"uri": value.uri}
    if isinstance(value, pulumi.AssetArchive):
        return {"assets": plain(dict(value.assets))}
    if isinstance(value, pulumi.StringAsset):
        return {"text": value.text}
    return value


def received(properties: Any) -> dict[str, Any]:
    """Return the properties of an engine's message as plain data, unwrapped as pulumi_policy does it."""
    proxied = unknown_checking_proxy(deserialize_properties(MessageToDict(properties)))
    return {key: item for key, item in plain(proxied).items() if not key.startswith("__")}


def resource_from(request: Any) -> Resource:
    """Return the resource that the engine asks about, unknown values and unreadable secrets as UNKNOWN."""
    provider = None
    if request.HasField("provider"):
        given = request.provider
        provider = _provider(given.urn, given.type, given.name, given.properties.SerializeToString())
    return Resource(
        urn=request.urn,
        type=request.type,
        name=request.name,
        props=received(request.properties),
        provider=provider,
        parent=request.options.parent or None,
        sealed=UNREADABLE_SECRET.encode() in request.properties.SerializeToString(),
    )


@lru_cache(maxsize=64)
def _provider(urn: str, type_: str, name: str, properties: bytes) -> Provider:
    """Return a provider, which the engine repeats with every resource of it; properties as in the message."""
    return Provider(urn, type_, name, received(struct_pb2.Struct.FromString(properties)))


def policies(rules: Sequence[Question]) -> list[ResourceValidationPolicy | StackValidationPolicy]:
    """Return one mandatory policy per rule, so that each appears by name among those that ran.

    They only announce the rules: `Servicer` asks the rules themselves, once per resource for all.
    """
    return [
        (ResourceValidationPolicy if isinstance(rule, Rule) else StackValidationPolicy)(
            name=rule.name,
            display_name=f"{rule.id} {rule.name}",
            description=rule.title,
            validate=_unasked,
            enforcement_level=EnforcementLevel.MANDATORY,
            severity=PolicySeverity(rule.severity),
            remediation_steps=rule.remedy,
        )
        for rule in rules
    ]


def _unasked(*_arguments: object) -> NoReturn:
    raise RuntimeError(
        "this pack's rules are asked by its own servicer; run it through enclave_policies.judging.adapter.run"
    )


def diagnostic(finding: Finding, rule: Question, pack: str, version: str) -> Any:
    """Return what the engine is told of a finding."""
    return proto.AnalyzeDiagnostic(
        policyName=rule.name,
        policyPackName=pack,
        policyPackVersion=version,
        description=rule.title,
        message=f"{rule.title}\n{finding.message}",
        urn=finding.urn,
        enforcementLevel=proto.MANDATORY if finding.refuses else proto.ADVISORY,
        severity=getattr(proto, f"POLICY_SEVERITY_{rule.severity.upper()}"),
    )


class Servicer(_PolicyAnalyzerServicer):
    """pulumi_policy's servicer, with three differences.

    It reads each resource once and asks every rule about the reading, where the original converts the inputs anew for
    each policy. It remediates nothing, where the original reads each resource before it finds that out. And it ends
    the run when ``--policy-pack-config`` lowers, disables or sets up a rule: one that is switched off is not asked, and
    one that is lowered cannot see it; only here is it visible.
    """

    law: Law
    rules: Sequence[Question]
    plans_only: bool

    def __init__(self, name: str, version: str, *arguments: Any, **options: Any) -> None:
        super().__init__(name, version, *arguments, **options)
        self.pack = (name, version)
        self.readings: dict[str, Reading] = {}
        self.planning = False  # until the engine says so
        self.in_run = False
        """Whether the engine runs a program, and so asks about no resource that it only reads; of a state, it does."""

    def ConfigureStack(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 (gRPC's name)
        """Take from the engine whether it only plans; of a state (`pulumi policy analyze`) it says nothing."""
        self.in_run, self.planning = True, request.dry_run
        self._refuse_changes(context)
        return super().ConfigureStack(request, context)

    def _refuse_changes(self, context: grpc.ServicerContext) -> None:
        """End the run where something is changed, or may be, and another day than today is judged for."""
        if self.plans_only and not self.planning:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, ONLY_PLANS)

    def Analyze(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 (gRPC's)
        """Judge one resource by its inputs."""
        self._refuse_changes(context)
        own = {"external": False} if self.in_run else {}
        reading = self.readings[request.urn] = self._read(request, **own)
        return self._response(judge_reading(reading, self.rules))

    def Remediate(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802, ARG002 (gRPC's)
        """Change nothing: rules judge."""
        return proto.RemediateResponse()

    def _read(self, request: Any, **told: Any) -> Reading:
        try:
            resource = resource_from(request)
        except Exception as error:  # noqa: BLE001 (whatever cannot be converted is refused by every rule)
            return Reading(Resource(request.urn, request.type, request.name), self.law, {}, type(error).__name__)
        return try_read(replace(resource, **told), self.law)

    def AnalyzeStack(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 (gRPC's)
        """Judge the whole stack: the inputs as they were seen before, and the outputs that the engine sends now."""
        self._refuse_changes(context)
        stack = Stack(self._with_outputs(resource) for resource in request.resources)
        found = {urn: judge_in_stack(reading, stack, self.rules) for urn, reading in stack.readings.items()}
        return self._response(chain(chain.from_iterable(found.values()), left_out(stack, found, self.rules)))

    def _with_outputs(self, request: Any) -> Reading:
        told: dict[str, Any] = {
            "outputs": received(request.properties),
            "depends": {name: tuple(each.urns) for name, each in request.propertyDependencies.items() if each.urns},
        }
        seen = self.readings.get(request.urn)
        if seen is None:  # a run shows what the engine has asked about alone (pulumi 3.259); others may show more
            return self._read(request, **told)
        return replace(seen, resource=replace(seen.resource, **told))

    def _response(self, findings: Iterable[Finding]) -> Any:
        findings = tuple(findings)
        hand_over(self.pack[0], findings)
        rules = {rule.id: rule for rule in self.rules}
        response = proto.AnalyzeResponse()
        response.diagnostics.extend(diagnostic(finding, rules[finding.rule], *self.pack) for finding in findings)
        return response

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 (gRPC's name)
        """Accept only what leaves every rule mandatory and without properties."""
        changed = sorted(
            name
            for name, config in request.policyConfig.items()
            if config.enforcementLevel != proto.MANDATORY or config.properties.fields
        )
        if changed:
            message = f"its rules are mandatory and take no configuration; remove {', '.join(changed)} from the config"
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, message)
        return super().Configure(request, context)  # type: ignore[no-untyped-call]


def servicer_of(law: Law, rules: Sequence[Question], *, plans_only: bool = False) -> type[Servicer]:
    """Return the servicer class that asks these rules under this law; ``plans_only``: of what is only planned."""
    return type("Servicer", (Servicer,), {"law": law, "rules": tuple(rules), "plans_only": plans_only})


def run(main: str, rules: Sequence[Question], load: Load = load_law) -> None:
    """Serve a pack to the engine until it ends; ``main`` is the ``__file__`` of the pack's __main__.py.

    ``load`` reads the pack's law from its folder, as of the day that is judged for. A law that cannot be read, or
    rules that differ from the pack's rules.yaml, end the process with the reasons.
    """
    pack_dir = Path(main).resolve().parent
    try:
        promised = read_promise(pack_dir)
        day = named_day()
        law = load(pack_dir, as_of=day)
    except ProblemsError as error:
        sys.exit(f"the policy pack {pack_dir.name} cannot start:\n{error}")
    served = promise_of(rules)
    if served != promised:
        differing = sorted((served.each ^ promised.each) | (served.whole ^ promised.whole))
        sys.exit(f"the policy pack {pack_dir.name} cannot start: {FILE} and the rules differ in {differing}")
    pulumi_policy.policy._PolicyAnalyzerServicer = servicer_of(law, rules, plans_only=day is not None)  # type: ignore[misc]  # noqa: SLF001 (no public way)
    PolicyPack(pack_dir.name, list(policies(rules)), enforcement_level=EnforcementLevel.MANDATORY)
