"""What a plan takes away, in words: each loss, and what `enclave up` asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from console.gate.losses import Loss, Losses

OPTION: Final = "--allow-replace"
PAGE: Final = 12
"""Lines of what holds nothing; what holds data or keys is always named."""


def asks(losses: Losses) -> Iterator[tuple[Loss, str | None]]:
    """Yield each loss with the option that allows it, None where it needs none."""
    for loss in losses.each:
        if loss.holds:
            yield loss, f"{OPTION} {losses.word_for(loss)}"
        else:
            yield loss, OPTION if loss.replaced else None


def loss_lines(losses: Losses) -> Iterator[str]:
    """Yield a line for each loss, and one that tells what `up` asks for."""
    held = [loss for loss in losses.each if loss.holds]
    rest = [loss for loss in losses.each if not loss.holds]
    for loss in held:
        what = "keys" if loss.weight == "keys" else "data"
        yield f"  {loss.words}, which holds {what}: nothing brings that back"
    yield from (f"  {loss.words}" for loss in rest[:PAGE])
    if len(rest) > PAGE:
        yield f"  … and {len(rest) - PAGE} more that hold nothing"
    if losses.each and losses.parts:
        yield f"  makes anew or deletes {losses.parts} parts that hold and carry nothing"
    if losses.stays:
        yield f"  leaves in the cloud, as it is an inspector's: {', '.join(losses.stays)} (docs/inspection.md)"
    if needed := options(losses, losses.each):
        yield f"  `enclave up` asks for: {needed}"


def options(losses: Losses, lacking: Iterable[Loss]) -> str:
    """Return the options that allow some losses, as they are typed; empty where they need none."""
    wanted = set(lacking)
    return " ".join(dict.fromkeys(option for loss, option in asks(losses) if option and loss in wanted))


def refusal(losses: Losses, lacking: Iterable[Loss]) -> Iterator[str]:
    """Yield why nothing was changed, and what to add."""
    found = list(lacking)
    held = [loss for loss in found if loss.holds]
    replaced = sum(loss.replaced for loss in found if not loss.holds)
    needed = options(losses, found)
    yield f"not changed: this plan takes away {_counted(held, replaced)}; add {needed} if that is meant"


def _counted(held: list[Loss], replaced: int) -> str:
    parts = [
        *([f"{len(held)} that hold data or keys ({', '.join(loss.name for loss in held)})"] if held else ()),
        *([f"{replaced} that are replaced"] if replaced else ()),
    ]
    return " and ".join(parts)
