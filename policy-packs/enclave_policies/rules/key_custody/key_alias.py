"""KEY-015: an alias stands for a key of the enclave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.key_custody.keyring import ALIAS, TARGET, keyring_of
from enclave_policies.key_custody.needs import is_of_aws
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding, Verdict
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge where an alias points: whoever moves it moves what is encrypted next."""
    target = reading.setting(TARGET, UNKNOWN)
    if is_of_aws(reading.setting("name")):
        yield rule.finding(reading, "is called like an alias of AWS's own", at="name")
    found = keyring_of(stack).find(reading, TARGET, target)
    if found.problem is not None:
        verdict: Verdict = "undetermined" if found.open else "fail"
        yield rule.finding(reading, f"stands for {found.problem} ({TARGET})", verdict=verdict, at=TARGET)
    named = keyring_of(stack).sites & set(str(reading.setting("name")).split("/"))
    for holder in found.holders:
        if named and holder.owner.site is not None and holder.owner.site not in named:
            yield rule.finding(
                reading,
                f"is called after {', '.join(sorted(named))} and stands for {holder.name}, of another site",
                at=TARGET,
            )


rule = StackRule(
    id="KEY-015",
    name="key-alias",
    title="An alias stands for a key of the enclave.",
    severity="high",
    remedy="point the alias to a key of this stack, or list the other stack's key in law/custody.yaml",
    check=check,
    types=frozenset({ALIAS}),
    placing=False,
    package="aws",
)
