"""KEY-004: a key waits as long as the law says before it is destroyed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.key_custody.keyring import KEYS
from enclave_policies.law.folder.custody import custody_of
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

WINDOW = "deletionWindowInDays"
AWS_DEFAULT = 30
"""Days, where no window is given (AWS KMS API, ScheduleKeyDeletion)."""


def check(reading: Reading) -> Iterator[Finding]:
    """Judge the window in days; AWS's default counts where none is given."""
    days = reading.setting(WINDOW)
    wanted = custody_of(reading.law).decided.deletion_window_days
    if days is UNKNOWN:
        yield rule.finding(reading, "has a deletion window that is not known yet", verdict="undetermined", at=WINDOW)
    elif (AWS_DEFAULT if days is None else days) != wanted:
        yield rule.finding(
            reading,
            f"is destroyed {days or AWS_DEFAULT} days after somebody asks for it, and the law wants {wanted}",
            at=WINDOW,
        )


rule = Rule(
    id="KEY-004",
    name="deletion-window",
    title="A key waits as long as the law says before it is destroyed.",
    severity="high",
    remedy="set deletionWindowInDays to the law's number of days (deletion_window_days in law/custody.yaml)",
    check=check,
    types=KEYS,
    placing=False,
    package="aws",
)
