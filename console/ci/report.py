"""What could not be judged, and how each piece of work ended: in sentences, and as annotations of the host's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.exit_codes import GOOD, MEANINGS, REFUSED
from console.listed import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from console.ci.needs import Need
    from console.ci.work import Work


def not_judged(left: Work, needs: Sequence[Need], *, fork: bool) -> str:
    """Return one sentence: what was left undone, for want of which secrets, and who mends it how."""
    names = listed([need.value for need in needs])
    if fork:
        return (
            f"{_undone(left)}: a pull request of a fork is given no secrets (missing: {names}); let a maintainer "
            "who has read the change push it to a branch of this repository, and open a pull request there"
        )
    return lacking(_undone(left), needs)


def lacking(undone: str, needs: Sequence[Need]) -> str:
    """Return one sentence: what is not done, for want of which secrets, and where they are set."""
    return (
        f"{undone}, as these are missing or empty: {listed([need.value for need in needs])}; set them "
        "(in CI as secrets of the repository: docs/real-clouds.md, 'CI')"
    )


def _undone(left: Work) -> str:
    parts = [
        f"no preview of {listed(left.preview)}" if left.preview else "",
        f"no audit of the stored state of {listed(left.audit)}" if left.audit else "",
        "no search for stacks that are not declared" if left.undeclared else "",
    ]
    return listed([part for part in parts if part])


def ended(what: str, code: int) -> str:
    """Return how a piece of work ended, as a line."""
    return f"{what}: {MEANINGS.get(code, f'ended with {code}')}"


def worst(codes: Iterable[int]) -> int:
    """Return how all ended: refused where anything is, since that is a verdict; else the gravest; good where none."""
    found = set(codes)
    return REFUSED if REFUSED in found else max(found, default=GOOD)


def annotation(sentence: str) -> str:
    """Return a sentence as the command that shows it beside a change (GitHub Actions)."""
    escaped = sentence.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::error title=not judged::{escaped}"
