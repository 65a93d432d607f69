"""What the policy of an inspector's copy refuses everybody, and who may still add to which part of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from enclave_policies.access.actions import actions
from enclave_policies.iam.wildcards import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enclave_policies.iam.documents import Statement

Principal = tuple[str, str]
TRAILS: Final = "AWSLogs/any"
RECORDS: Final = "records/any"
AREAS: Final = (TRAILS, RECORDS, "any")
"""An object of each part of the copy: CloudTrail's, the gateways', and what is nobody's."""
ADDING: Final = "putobject"
NOT: Final = frozenset({"stringnotequals", "stringnotlike", "arnnotequals", "arnnotlike"})
SPARED: Final = {"aws:principalservicename": "service", "aws:principalarn": "aws"}
"""Keys by which a refusal to write spares those who record."""
PARTITION: Final = re.compile(r"^arn:aws[a-z-]*:")


@dataclass(frozen=True, slots=True)
class CopyPolicy:
    """The policy of a copy's bucket; while nobody knows the ``bucket``'s name, each statement is about it."""

    statements: Sequence[Statement]
    bucket: str | None

    def unrefused(self) -> list[str]:
        """Return the actions that touch a copy and are not refused to everybody wherever they matter."""
        return sorted(
            action
            for action in actions().touches["s3"]
            if not all(self._refuses(action, area) for area in ((None,) if _of_bucket(action) else AREAS))
        )

    def writers(self, area: str) -> frozenset[Principal] | None:
        """Return who is not refused to add to a part of the copy; None: not even strangers are."""
        spared = [found for one in self._denying(ADDING, area) if (found := _spared(one)) is not None]
        return frozenset.intersection(*spared) if spared else None

    def lets_add(self, principal: Principal, area: str) -> bool:
        """Return whether a statement gives a principal the right to add to a part of the copy."""
        return any(
            one.allows and principal in one.principals and _means(one, ADDING) and self._about(one, area)
            for one in self.statements
        )

    def _refuses(self, action: str, area: str | None) -> bool:
        if action == ADDING:
            return area is not None and self.writers(area) is not None
        return any(not one.conditions for one in self._denying(action, area))

    def _denying(self, action: str, area: str | None) -> Iterator[Statement]:
        for one in self.statements:
            if not one.allows and ("aws", "*") in one.principals and _means(one, action) and self._about(one, area):
                yield one

    def _about(self, one: Statement, area: str | None) -> bool:
        if self.bucket is None:
            return True
        arn = f"arn:aws:s3:::{self.bucket}" + (f"/{area}" if area else "")
        return any(matches(arn, PARTITION.sub("arn:aws:", str(pattern))) for pattern in one.resources)


def _means(one: Statement, action: str) -> bool:
    return any(matches(f"s3:{action}", str(pattern).lower()) for pattern in one.actions)


def _spared(one: Statement) -> frozenset[Principal] | None:
    """Return whom a refusal spares; None where it spares by something else than who they are."""
    pairs: Iterable[tuple[str, str, tuple[object, ...]]] = (
        (key, operator, values) for key, said in one.conditions.items() for operator, values in said
    )
    spared: set[Principal] = set()
    for key, operator, values in pairs:
        if key not in SPARED or operator not in NOT:
            return None
        spared |= {(SPARED[key], str(value)) for value in values}
    return frozenset(spared)


def _of_bucket(action: str) -> bool:
    """Return whether an action is one on the bucket, not on what lies in it."""
    return action.startswith(("putbucket", "deletebucket")) or action.endswith("configuration")
