"""The only module that knows pulumi_policy: what the engine sends becomes plain data, findings become violations."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]
import pulumi_policy.policy
from pulumi.runtime import proto
from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)
from pulumi_policy import Severity as PolicySeverity
from pulumi_policy.policy import _PolicyAnalyzerServicer
from pulumi_policy.proxy import _is_unknown

from enclave_policies.judge import judge
from enclave_policies.law import load_law
from enclave_policies.manifest import FILE, rule_names
from enclave_policies.resource import UNKNOWN, Provider, Resource
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclave_policies.finding import Finding
    from enclave_policies.law import Law
    from enclave_policies.rule import Rule

UNREADABLE_SECRET = "[secret]"  # noqa: S105 (what the engine puts where it cannot decrypt)


def resource_from(args: ResourceValidationArgs) -> Resource:
    """Return the resource as plain data: proxies unwrapped, unknown values and unreadable secrets as UNKNOWN."""
    provider = None
    if args.provider is not None:
        given = args.provider
        provider = Provider(given.urn, given.resource_type, given.name, plain(given.props))
    return Resource(
        urn=args.urn,
        type=args.resource_type,
        name=args.name,
        props=plain(args.props),
        provider=provider,
    )


def plain(value: Any) -> Any:
    """Return a proxy's content as dicts, lists and scalars.

    Reading an unknown value through the proxy raises and ends the whole rule; the key ``__target`` gives the raw
    container instead. Keys that begin with ``__`` are the engine's own.
    """
    if isinstance(value, str):
        return UNKNOWN if _is_unknown(value) or value == UNREADABLE_SECRET else value
    if isinstance(value, Mapping):
        raw = value if isinstance(value, dict) else value["__target"]
        return {key: plain(item) for key, item in raw.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        raw = value if isinstance(value, list) else value["__target"]  # type: ignore[call-overload]
        return [plain(item) for item in raw]
    return value


class Docket:
    """Judge each resource once, though the engine asks rule by rule and converts the inputs anew for each.

    One call of the engine asks the pack's rules in order on one thread. So the last verdict of this thread still holds
    when the same URN comes again with a *later* rule; anything else is a new question.
    """

    def __init__(self, law: Law, rules: Sequence[Rule]) -> None:
        self.law = law
        self.rules = rules
        self.last = threading.local()

    def findings(self, index: int, args: ResourceValidationArgs) -> list[Finding]:
        """Return what rule number ``index`` has to say."""
        urn, asked, findings = getattr(self.last, "verdict", (None, -1, ()))
        if urn != args.urn or asked >= index:
            findings = judge(resource_from(args), self.law, self.rules)
        self.last.verdict = (args.urn, index, findings)
        return [finding for finding in findings if finding.rule == self.rules[index].id]


def policies(law: Law, rules: Sequence[Rule]) -> list[ResourceValidationPolicy]:
    """Return one mandatory policy per rule, so that each appears by name among those that ran."""
    docket = Docket(law, rules)
    return [
        ResourceValidationPolicy(
            name=rule.name,
            display_name=f"{rule.id} {rule.name}",
            description=rule.title,
            validate=_validate(docket, index),
            enforcement_level=EnforcementLevel.MANDATORY,
            severity=PolicySeverity(rule.severity),
            remediation_steps=rule.remedy,
        )
        for index, rule in enumerate(rules)
    ]


def _validate(docket: Docket, index: int) -> Callable[[ResourceValidationArgs, ReportViolation], None]:
    rule = docket.rules[index]

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if args.get_config():
            report(f"{rule.id} {rule.name}: takes no configuration; remove it from --policy-pack-config", args.urn)
        try:
            messages = [finding.message for finding in docket.findings(index, args)]
        except Exception as error:  # noqa: BLE001 (an unknown value raises too; whatever broke: fail closed)
            messages = [
                f"{rule.id} {rule.name}: {args.name} could not be judged ({type(error).__name__}), so it is refused"
            ]
        for message in messages:
            report(message, args.urn)

    return validate


class UnconfigurableServicer(_PolicyAnalyzerServicer):
    """pulumi_policy's servicer, which ends the run when ``--policy-pack-config`` lowers, disables or sets up a rule.

    A rule that is switched off is not asked, and one that is lowered cannot see it: only here is it visible.
    """

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


def run(main: str, rules: Sequence[Rule]) -> None:
    """Serve a pack to the engine until it ends; ``main`` is the ``__file__`` of the pack's __main__.py.

    A law that cannot be read, or rules that differ from the pack's rules.yaml, end the process with the reasons.
    """
    pack_dir = Path(main).resolve().parent
    try:
        promised = rule_names(pack_dir)
        served = policies(load_law(pack_dir), rules)
    except ProblemsError as error:
        sys.exit(f"the policy pack {pack_dir.name} cannot start:\n{error}")
    names = {policy.name for policy in served}
    if names != promised:
        sys.exit(
            f"the policy pack {pack_dir.name} cannot start: {FILE} and the rules differ in {sorted(names ^ promised)}"
        )
    pulumi_policy.policy._PolicyAnalyzerServicer = UnconfigurableServicer  # type: ignore[misc]  # noqa: SLF001 (no public way)
    PolicyPack(pack_dir.name, list(served), enforcement_level=EnforcementLevel.MANDATORY)
