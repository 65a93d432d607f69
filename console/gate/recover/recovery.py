"""What a killed run left of a stack, and what mends it: shown by `enclave recover`, done by `enclave up`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.gate.errors import EngineError, RefusedError
from console.gate.exporting import exported
from console.gate.recover import copies, leftover, locks
from console.gate.recover.adopting import adopted
from console.gate.recover.aws_table import Found, UnknownTypeError, table
from console.gate.recover.pending import Begun, begun, planned, touched
from console.private_folder import private_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from console.gate.engine import Engine
    from console.gate.recover.aws_finding import Finder

OF_PLUGINS: Final = 10.0  # seconds that plugins get to finish what they are doing
OF_ENGINES: Final = 120.0  # and an engine that goes on alone, before it is interrupted


class HeldError(EngineError):
    """Somebody else is at work on the stack, or may be."""


class CannotMendError(RefusedError):
    """What was left, or what others have made, cannot be mended without a person."""


@dataclass(frozen=True)
class Traces:
    """What a killed run left on this machine: processes, locks, a state that cannot be read."""

    left: tuple[leftover.Leftover, ...]
    locks: tuple[locks.Lock, ...]
    half_written: tuple[Path, ...]
    broken: copies.Broken | None

    @property
    def held(self) -> str | None:
        """Who is at work on the stack now, None for nobody."""
        watched = next((each for each in self.left if each.watched), None)
        if watched is not None:
            return f"another `enclave` (process {watched.mark.pid}) is at work on this stack; wait for it to end"
        held = next((lock for lock in self.locks if not lock.dead), None)
        if held is None or any(held.pid == each.process.pid for each in self.left):
            return None
        return f"the stack is locked by {held}; wait for it, or end it with `pulumi cancel` if you know that it is gone"


@dataclass(frozen=True)
class Discovery:
    """What is there already of what a state or a plan would have made: ``found`` maps URNs to the begun and its id.

    ``touched`` are URNs that were being changed, ``operations`` counts what was under way, ``planned`` are
    the entries of a plan by URN.
    """

    deployment: Mapping[str, Any]
    found: Mapping[str, tuple[Begun, str]]
    touched: tuple[str, ...] = ()
    operations: int = 0
    planned: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def traces_of(engine: Engine) -> Traces:
    """Return what was left on this machine; state that is kept elsewhere is left to the engine."""
    place = copies.folder_of(engine.backend)
    left = leftover.leftovers(engine.mark)
    if place is None:
        return Traces(left, (), (), None)
    state = Path(place).expanduser()
    return Traces(
        left,
        tuple(locks.locks(state, engine.name, engine.stack)),
        copies.half_written(state, engine.name, engine.stack),
        copies.broken(state, engine.name, engine.stack),
    )


def settle(engine: Engine) -> Iterator[str]:
    """Bring to an end what was left, and yield what was done. Raises HeldError and CannotMendError."""
    traces = traces_of(engine)
    if traces.held:
        raise HeldError(traces.held)
    if traces.left:
        yield f"the last run broke off and left {len(traces.left)} processes at work; waiting for them to end"
        has_engine = any(each.process.pid in {lock.pid for lock in traces.locks} for each in traces.left)
        leftover.end(traces.left, OF_ENGINES if has_engine else OF_PLUGINS)
        traces = traces_of(engine)
        if traces.held:
            raise HeldError(traces.held)
    for lock in traces.locks:
        lock.file.unlink(missing_ok=True)
        yield f"released the lock of a run that is gone ({lock})"
    for file in traces.half_written:
        file.unlink(missing_ok=True)
        yield f"removed {file.name}, which the engine had not finished writing"
    if traces.broken is not None:
        if traces.broken.copy is None:
            raise CannotMendError(
                f"{traces.broken.file}: {traces.broken.why}, and there is no good copy of it; bring one back"
            )
        aside = copies.restore(traces.broken)
        yield f"the state cannot be read ({traces.broken.why}): its last good copy takes its place, it is now {aside}"


def unfinished(deployment: Mapping[str, Any]) -> Discovery:
    """Return what the last run began and did not finish, as the state tells it, and what of it is there.

    Raises CannotMendError where that needs a person, and EngineError where a cloud gives no answer.
    """
    operations = deployment.get("pending_operations") or ()
    found = _there(list(begun(deployment)), deployment, begun_for_sure=True)
    return Discovery(deployment, found, touched(deployment), len(operations))


def already_there(engine: Engine, created: Mapping[str, Mapping[str, Any]]) -> Discovery:
    """Return what is there already of what a plan would create: an earlier run made it and could not record it.

    Raises CannotMendError for an object of somebody else that has the name of one of ours.
    """
    if not any(entry.get("type") in table() for entry in created.values()):
        return Discovery({}, {})
    deployment = exported(engine)
    wanted = [each for each in planned(created, deployment) if each.type in table()]
    return Discovery(deployment, _there(wanted, deployment, begun_for_sure=False), planned=created)


def _there(
    wanted: Sequence[Begun], deployment: Mapping[str, Any], *, begun_for_sure: bool
) -> dict[str, tuple[Begun, str]]:
    if not wanted:
        return {}
    from console.gate.recover.aws_finding import Finder  # noqa: PLC0415  AWS's SDK takes its time, and few runs ask

    known = frozenset((entry["type"], entry["id"]) for entry in deployment.get("resources") or () if entry.get("id"))
    finder, found, troubles = Finder(), {}, []
    for each in wanted:
        try:
            there = Found((each.id,)) if each.id else _looked_up(finder, each)
        except UnknownTypeError:
            troubles.append(
                f"{each.name} ({each.type}) may have been made when the last run broke off, and nobody knows how to "
                "look for it; if it is there, `pulumi import` it; if not, `pulumi refresh --clear-pending-creates`"
            )
            continue
        ours = [id_ for id_ in (*there.own, *(there.bare if begun_for_sure else ())) if (each.type, id_) not in known]
        others = [
            id_ for id_ in (*there.others, *(() if begun_for_sure else there.bare)) if (each.type, id_) not in known
        ]
        if len(ours) > 1:
            troubles.append(
                f"{each.name} ({each.type}) is there {len(ours)} times ({', '.join(ours)}); delete all but one"
            )
        elif ours:
            found[each.urn] = (each, ours[0])
        elif others:
            troubles.append(
                f"{each.name} ({each.type}) cannot be made: {others[0]} is there already and does not carry this "
                "enclave's tags; rename one of them, or `pulumi import` it if it is yours"
            )
    if troubles:
        raise CannotMendError("\n".join(troubles))
    return found


def _looked_up(finder: Finder, each: Begun) -> Found:
    package = each.type.partition(":")[0]
    if package == "aws":
        return finder.look_for(each)
    if package == "kubernetes" or each.type.startswith("pulumi:"):
        return Found()  # a name is one object there, and making it again applies the same again
    raise UnknownTypeError(each.type)


def take_over(engine: Engine, what: Discovery) -> Iterator[str]:
    """Write the state anew, with what was found in it, and read that from the clouds; yield what was done."""
    _imported(engine, adopted(what.deployment, what.found, what.planned))
    again = sorted({*what.found, *what.touched})
    if again:
        targets = [word for urn in again for word in ("--target", urn)]
        done = engine.command(
            "refresh", "--yes", "--skip-preview", "--non-interactive", "--stack", engine.stack, *targets
        )
        if done.returncode:
            raise CannotMendError(
                f"what the last run made cannot be read from the clouds:\n{done.stdout.strip()}\n{done.stderr.strip()}"
            )
    there = {entry["urn"] for entry in exported(engine).get("resources") or () if not entry.get("delete")}
    for urn, (each, id_) in what.found.items():
        if urn in there:
            yield f"took over {each.name} ({each.type}, {id_}), which an earlier run made and could not record"


def _imported(engine: Engine, deployment: Mapping[str, Any]) -> None:
    with private_folder() as private:
        file = Path(private) / "state.json"
        file.write_text(json.dumps({"version": 3, "deployment": deployment}), encoding="utf-8")
        done = engine.command("stack", "import", "--file", str(file), "--stack", engine.stack)
    if done.returncode:
        raise CannotMendError(f"the engine does not take the mended state:\n{done.stderr.strip()}")
