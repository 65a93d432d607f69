"""The law as service control policies of AWS Organizations: what no principal of a bound account can do.

Source: AWS Organizations user guide, "SCP syntax" and "Quotas for AWS Organizations"; the actions and condition keys
are data (law/guardrails/aws-actions.yaml). A service control policy binds neither the management account nor
service-linked roles; where data is copied by a role of AWS itself, only the pack sees it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.guardrails.aws_actions import REGIONAL, aws_actions
from enclave_policies.guardrails.error import GuardrailError
from enclave_policies.guardrails.packing import pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from enclave_policies.guardrails.aws_actions import AwsActions, Condition, Denied, TypeActions
    from enclave_policies.law import Law

Statement = dict[str, Any]

LONGEST: Final = 5120
"""Characters of one policy, without insignificant white space (quota of AWS Organizations)."""
MOST: Final = 4
"""Policies on one target: AWS allows five, and FullAWSAccess, without which nothing is allowed, is one of them."""
VERSION: Final = "2012-10-17"


@dataclass(frozen=True)
class ServiceControlPolicy:
    """One policy: its name in the organization and its minified document."""

    name: str
    content: str

    @property
    def document(self) -> Mapping[str, Any]:
        """The document, parsed."""
        parsed: Mapping[str, Any] = json.loads(self.content)
        return parsed


def service_control_policies(
    law: Law, partition: str = "aws", actions: AwsActions | None = None
) -> tuple[ServiceControlPolicy, ...]:
    """Return the policies that together say the law in one partition, as few as possible, always in the same order.

    Raises GuardrailError where the law approves no region of the partition, the table of actions denies what another
    type needs, or the policies would be too long or too many.
    """
    table = actions or aws_actions()
    regions = approved_regions(law, partition)
    if not regions:
        raise GuardrailError(
            f"the law approves no region of the partition '{partition}', so its organization cannot be bound to one; "
            "approve a country that has one, or declare no organization"
        )
    exempted, denied = _by_class(law, table, regions)
    statements = [
        _region_deny(exempted, regions),
        *_worldwide(denied),
        *(_mirrored(entry, law, regions, partition) for entry in table.denied if _applies(entry, law)),
    ]
    policies = pack(statements, document_text, LONGEST)
    if len(policies) > MOST:
        raise GuardrailError(
            f"the law needs {len(policies)} service control policies, but {MOST} is the limit on one target (five, and "
            "FullAWSAccess is one of them); approve fewer accounts or regions, or attach a part to the target's parent"
        )
    return tuple(
        ServiceControlPolicy(f"jurisdiction-{number}", document_text(part)) for number, part in enumerate(policies, 1)
    )


def approved_regions(law: Law, partition: str) -> list[str]:
    """Return the codes of the approved regions of a partition, sorted."""
    return sorted(
        region.code for region in law.regions.values() if region.partition == partition and law.approves(region.country)
    )


def document_text(statements: Iterable[Statement]) -> str:
    """Return a policy document of these statements, minified."""
    return json.dumps({"Version": VERSION, "Statement": list(statements)}, separators=(",", ":"))


def _by_class(law: Law, table: AwsActions, regions: list[str]) -> tuple[list[str], list[str]]:
    """Return the actions that the region deny leaves out, and those that are denied wherever they are asked for."""
    exempted = {action for entry in table.exempted for action in entry.actions}
    allowed: set[str] = set()
    refused: dict[str, TypeActions] = {}
    for type_, kind in _by_name(law):
        entry = table.of(type_)
        if entry is None:
            continue
        if kind == "worldwide":
            refused[type_] = entry
            continue
        allowed.update(entry.actions)
        if entry.at != REGIONAL and entry.at not in regions:
            exempted.update(entry.actions)
    denied: set[str] = set()
    for type_, entry in refused.items():
        unseen = [action for action in entry.actions if _reached(action, entry.at, exempted, regions)]
        if allowed.intersection(unseen):
            raise GuardrailError(
                f"{type_} is refused, but aws-actions.yaml gives it the actions of its module, which other types of "
                "the module may use; add an entry of its own below 'types'"
            )
        denied.update(unseen)
    return sorted(exempted), sorted(denied)


def uncovered(law: Law, actions: AwsActions | None = None) -> list[str]:
    """Return the types whose class asks for actions that the table does not name: they stay the pack's alone."""
    table = actions or aws_actions()
    return sorted(type_ for type_, _ in _by_name(law) if table.of(type_) is None)


def _by_name(law: Law) -> Iterator[tuple[str, str]]:
    """Yield type and class where the region of a request does not decide."""
    for type_, kind in law.types.items():
        if type_.startswith("aws:") and not type_.endswith("*") and kind in ("global", "follows", "worldwide"):
            yield type_, kind


def _reached(action: str, at: str, exempted: set[str], regions: list[str]) -> bool:
    """Return whether the region deny alone would let an action through."""
    return at == REGIONAL or at in regions or any(fnmatchcase(action, pattern) for pattern in exempted)


def _region_deny(exempted: list[str], regions: list[str]) -> Statement:
    return {
        "Sid": "OutsideApprovedRegions",
        "Effect": "Deny",
        "NotAction": exempted,
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": regions}},
    }


def _worldwide(denied: list[str]) -> Iterator[Statement]:
    if denied:
        yield {"Sid": "InManyCountriesAtOnce", "Effect": "Deny", "Action": denied, "Resource": "*"}


def _applies(entry: Denied, law: Law) -> bool:
    return entry.without is None or not _approves_a_local_zone(law)


def _approves_a_local_zone(law: Law) -> bool:
    """Return whether any Local or Wavelength Zone may be used; their names go on after a region's and a hyphen."""
    regions = tuple(f"{code}-" for code in law.regions)
    return any(zone.code.startswith(regions) and law.approves(zone.country) for zone in law.zones.values())


def _mirrored(entry: Denied, law: Law, regions: list[str], partition: str) -> Statement:
    statement: Statement = {
        "Sid": entry.id,
        "Effect": "Deny",
        "Action": entry.actions,
        "Resource": entry.resource.format(partition=partition),
    }
    values = {
        "regions": regions,
        "vpcs": [
            f"arn:{partition}:ec2:{region}:{account}:vpc/*" for region in regions for account in sorted(law.accounts)
        ],
        "true": "true",
    }
    conditions: list[tuple[str, Condition | None]] = [
        ("Bool", entry.when),
        ("ArnNotLike" if entry.unless and entry.unless.values == "vpcs" else "StringNotEquals", entry.unless),
        ("ForAnyValue:StringNotEquals", entry.unless_all),
    ]
    found = {operator: {asked.key: values[asked.values]} for operator, asked in conditions if asked is not None}
    return statement | ({"Condition": found} if found else {})
