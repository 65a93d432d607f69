"""What holds of every finding in every table of cases: a refusal by a rule that broke proves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from enclave_policies.reading.finding import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enclave_policies.reading.finding import Finding

VERDICTS: Final = frozenset(get_args(Verdict))


def ill_formed(findings: Iterable[Finding]) -> list[str]:
    """Return what is wrong with findings that a rule made, in words."""
    findings = list(findings)
    return [
        *(f"a broken rule refused: {one.message}" for one in findings if "the rule broke" in one.problem),
        *(f"no verdict {one.verdict!r}: {one.message}" for one in findings if one.verdict not in VERDICTS),
        *(f"says Python's None: {one.message}" for one in findings if "None" in one.message),
    ]
