"""Which stage a command leads to, and what changes with it: pure functions of the law's table of stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.law.lifecycle import Lifecycle

LEADS_TO: Final[Mapping[str, tuple[str, ...]]] = {
    "promote": ("building", "testing", "live"),
    "drain": ("draining",),
    "retire": ("retired",),
}
"""The stages that a command may lead to; of those that may follow by the law, the last one is taken."""
ABILITIES: Final[Mapping[str, tuple[str, str]]] = {
    "built": (
        "it gets its resources",
        "its resources go; what holds data is protected until `enclave retire` lets it go",
    ),
    "holds": ("user data may rest there", "user data may not rest there any more"),
    "takes": ("user data may go there", "no user data may go there any more"),
}
"""What each ability means where a stage brings it, and where it takes it away."""


def stage_after(lifecycle: Lifecycle, command: str, stage: str) -> str | None:
    """Return the stage that a command leads to from a stage, None where the law has no such step."""
    known = lifecycle.stages.get(stage)
    steps = [after for after in LEADS_TO[command] if known is not None and after in known.next]
    return steps[-1] if steps else None


def changes(lifecycle: Lifecycle, before: str, after: str) -> Iterator[str]:
    """Yield what a step changes, in words."""
    for ability, (gained, lost) in ABILITIES.items():
        had, has = (getattr(lifecycle.stages[stage], ability) for stage in (before, after))
        if had != has:
            yield gained if has else lost


def why_not(lifecycle: Lifecycle, command: str, stage: str) -> str:
    """Return why a command leads nowhere from a stage, and from which stages it does."""
    from_ = [name for name in lifecycle.stages if stage_after(lifecycle, command, name) is not None]
    known = lifecycle.stages.get(stage)
    after = " or ".join(known.next) if known and known.next else "nothing else"
    return f"is {stage}, and may become {after}; `enclave site {command}` takes sites that are {' or '.join(from_)}"
