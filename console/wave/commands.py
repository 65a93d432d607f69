"""The steps of a wave as commands: what the declaration asks, by the engine of `hosts.wave`, told and noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from components.declaration.words import undeclared
from console import terminal
from console.declaration_edit import with_value
from console.document import document
from console.exit_codes import GOOD, REFUSED
from console.gate import stack as stacks
from console.gate.errors import RefusedError
from console.gate.questions import somebody_there
from console.recording.waves import EMPTY, folder_of, state_at
from console.wave import replicated, workers
from console.wave.stores import ends, store
from console.wave.working import copier_at, failures, working
from console.whole_file import write as write_file
from hosts.wave.left import Left, judged
from hosts.wave.progress import size
from hosts.wave.state import ORDER
from hosts.wave.wave import JOURNAL
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from components.declaration import Declaration
    from components.declaration.model import Wave as Declared
    from hosts.wave.state import State, Step
    from hosts.wave.store import Store
    from hosts.wave.wave import Wave


@dataclass(frozen=True)
class Asked:
    """A wave that a command is about."""

    stack: str
    name: str
    declaration: Declaration
    wave: Declared
    file: Path

    def folder(self, bucket: str) -> Path:
        """Return where the journal of a bucket is."""
        return folder_of(self.stack, self.name) / bucket

    def states(self) -> dict[str, State]:
        """Return how far each bucket is."""
        return {bucket: state_at(self.folder(bucket) / JOURNAL) for bucket in self.wave.buckets}


def plan(stack: str, name: str, file: Path | None, *, most: tuple[int, int], write: bool, json: bool) -> int:
    """Count and cut each bucket; for workers on the site, leave the plan where they find it, and show the edit."""
    asked = _asked(stack, name, file)
    _may(asked, "plan")

    def work(wave: Wave) -> None:
        if not wave.target.versioned():
            raise RefusedError(f"{wave.target} does not keep versions, and would lose those of the source; turn it on")
        wave.plan(*most)

    _each(asked, None, work)
    states = asked.states()
    parts = [part for state in states.values() for part in state.parts]
    told = {"parts": len(parts), "versions": sum(p.versions for p in parts), "bytes": sum(p.bytes for p in parts)}
    words = f"{told['versions']:,} versions, {size(told['bytes'])}, in {told['parts']:,} parts of {len(states)} buckets"
    if asked.wave.job is None:
        return _told(asked, "plan", "planned", told, [words, f"next: `enclave wave run {stack} {name}`"], json=json)
    made = workers.plan_of(asked.wave, states)
    with failures():
        workers.leave(made, name, _journal(asked))
    change = with_value(asked.file, ("waves", name, "job", "plan"), made.name)
    if write:
        write_file(asked.file, change.text.encode())
    asking = [] if write else ["make this edit, or add --write:"]
    then = f"next: `enclave up {stack}` starts the workers, `enclave wave run {stack} {name}` tells of them"
    told_ = [words, *asking, *change.shown(), then]
    return _told(asked, "plan", "planned", {**told, "edit": change.shown()}, told_, json=json)


def _journal(asked: Asked) -> Store:
    """Return the bucket in which the plan lies, and what workers tell. Raises ProblemsError."""
    wave = asked.wave
    return store(asked.declaration, wave.to, wave.job.journal if wave.job else "", wave.endpoint)


def _noted(asked: Asked) -> workers.Told:
    """Note what workers have told in the journals, and return it. Raises ProblemsError, RefusedError, EngineError."""
    if asked.wave.job is None:
        return workers.Told()
    with failures():
        made = workers.plan_of(asked.wave, asked.states())
        found = workers.told(made, asked.name, asked.wave.job, _journal(asked))

    def note(wave: Wave) -> None:
        if wave.state.stage in ("planned", "running"):
            wave.note(found.done.get(wave.source.bucket, {}))

    _each(asked, None, note)
    return found


def _replicating(asked: Asked) -> replicated.Job | None:
    """Return the job by which S3 brings a wave in, begun now where there is none. Raises RefusedError, EngineError."""
    if asked.wave.replication is None:
        return None
    (state,) = asked.states().values()
    job = replicated.job_of(asked.stack, asked.name, asked.declaration, state, lambda: _lacks(asked))
    if job is not None and state.job is None:
        _each(asked, None, lambda wave: wave.journal.write("replicating", job=job.id))
    return job


def _by_s3(asked: Asked, job: replicated.Job | None) -> list[str]:
    """Return what S3 has done of a wave that it brings in."""
    if asked.wave.replication is None:
        return []
    if job is not None:
        return [job.words]
    return [replicated.NONE_HERE if asked.declaration.sandbox else "S3 has nothing to copy"]


def _lacks(asked: Asked) -> bool:
    """Return whether a target lacks content. Raises ProblemsError, RefusedError, EngineError."""
    found: list[bool] = []
    _each(asked, None, lambda wave: found.append(wave.lacks_content()))
    return any(found)


def run(stack: str, name: str, file: Path | None, rclone: Path | None, *, json: bool) -> int:
    """Copy what the target lacks."""
    asked = _asked(stack, name, file)
    _may(asked, "run")
    found = _noted(asked)
    if (job := _replicating(asked)) is not None and not job.over:
        fields = {"objects": 0, "bytes": 0, "problems": [job.words]}
        return _told(asked, "run", "under_way", fields, [job.words], json=json, code=REFUSED)
    if asked.wave.job is None:
        _each(asked, copier_at(rclone), lambda wave: wave.run())
    states = asked.states().values()
    told = {
        "objects": sum(state.copied_objects for state in states),
        "bytes": sum(state.copied_bytes for state in states),
    }
    words = f"{told['objects']:,} versions, {size(told['bytes'])} copied"
    if any(state.stage == "running" for state in states):
        done, whole = sum(len(state.copied) for state in states), sum(len(state.parts) for state in states)
        stopped = [f"part {index}: {found.stopped[index]}" for index in sorted(found.stopped)]
        lines_ = [words, f"workers have done {done:,} of {whole:,} parts", *stopped]
        fields = {**told, "problems": [*stopped, f"{whole - done} of {whole} parts are not copied"]}
        return _told(asked, "run", "under_way", fields, lines_, json=json, code=REFUSED)
    here = f"{words} from here" if job else words
    lines_ = [*_by_s3(asked, job), here, f"next: `enclave wave verify {stack} {name}`"]
    return _told(asked, "run", "copied", told, lines_, json=json)


def verify(stack: str, name: str, file: Path | None, key: str | None, *, json: bool) -> int:
    """Compare both sides, and sign what is equal."""
    from console.wave import proofs  # noqa: PLC0415  signing asks much, and most steps sign nothing

    asked = _asked(stack, name, file)
    _may(asked, "verify")
    wrong: list[str] = []

    def work(wave: Wave) -> None:
        found = wave.compare()
        wrong.extend(each.words for each in found)
        if not found:
            _prove(asked, wave, key)

    _each(asked, None, work)
    if wrong:
        shown = [*wrong[:20], *([f"and {len(wrong) - 20} more"] if len(wrong) > 20 else [])]  # noqa: PLR2004
        words = [f"{len(wrong)} differences:", *(f"  {each}" for each in shown), "run again, then verify"]
        return _told(asked, "verify", "differs", {"differences": wrong}, words, json=json, code=REFUSED)
    folders = [str(asked.folder(bucket) / proofs.MANIFEST) for bucket in asked.wave.buckets]
    words = ["equal, version by version", *(f"signed: {each}" for each in folders)]
    return _told(asked, "verify", "equal", {"differences": [], "signed": folders}, words, json=json)


def _prove(asked: Asked, wave: Wave, key: str | None) -> None:
    from console.wave import proofs  # noqa: PLC0415  signing asks much, and most steps sign nothing

    state = wave.state
    told = {
        "wave": asked.name,
        "source": str(wave.source),
        "target": str(wave.target),
        "versions": sum(each["lines"] for each in state.compared.values()),
        "bytes": sum(each["bytes"] for each in state.compared.values()),
        "differences": 0,
        "at": _now(),
    }
    digests = proofs.listed(wave.folder, wave.files())
    sandbox = asked.declaration.sandbox
    digest = proofs.sign(wave.folder, proofs.MANIFEST, digests, told, key, sandbox=sandbox)
    wave.journal.write("verified", statement=digest, versions=told["versions"], bytes=told["bytes"])


def cut_over(stack: str, name: str, file: Path | None, *, write: bool, json: bool) -> int:
    """Show or make the edit by which readers switch; note the cut-over once the declaration says so."""
    asked = _asked(stack, name, file)
    _may(asked, "cut-over")
    newer: list[str] = []
    _each(asked, None, lambda wave: newer.extend(wave.newer()))
    if newer:
        raise RefusedError(
            f"{len(newer)} versions came after the comparison, such as {newer[0]!r}: run and verify again"
        )
    shown: list[str] = []
    if asked.wave.readers != asked.wave.to:
        change = with_value(asked.file, ("waves", name, "readers"), asked.wave.to)
        shown = change.shown()
        if not write:
            words = [
                f"readers read from '{asked.wave.readers or asked.wave.from_}'; make this edit, or add --write:",
                *shown,
            ]
            return _told(asked, "cut-over", "not_declared", {"edit": shown}, words, json=json, code=REFUSED)
        write_file(asked.file, change.text.encode())
    _each(asked, None, lambda wave: None if wave.state.cut_over else wave.journal.write("cut-over", to=asked.wave.to))
    words = [*shown, f"readers read from '{asked.wave.to}'", f"next: `enclave wave purge {stack} {name}`"]
    return _told(asked, "cut-over", "cut_over", {"edit": shown}, words, json=json)


def purge(stack: str, name: str, file: Path | None, key: str | None, *, yes: bool, json: bool) -> int:
    """Empty the source of what is proved to be at the target."""
    import typer  # noqa: PLC0415

    from console.wave import proofs  # noqa: PLC0415

    asked = _asked(stack, name, file)
    _may(asked, "purge")
    if asked.wave.readers != asked.wave.to:
        raise RefusedError(
            f"the declaration has readers read from '{asked.wave.readers or asked.wave.from_}' again; cut over"
        )
    if not yes and not (
        somebody_there() and typer.confirm(f"Remove all of it at '{asked.wave.from_}' for good?", err=True)
    ):
        raise RefusedError("nothing is removed: nobody confirmed it; add --yes where nobody can be asked")
    lefts, refused = [], list[str]()

    def work(wave: Wave) -> None:
        if wrong := proofs.unproved(wave.folder, wave.files(), key, sandbox=asked.declaration.sandbox):
            raise RefusedError(f"{wrong}: nothing is removed; verify again")
        left, stays = wave.purge()
        wave.journal.write("listed", left=left.versions + left.markers + left.uploads)
        lefts.append(left)
        refused.extend(stays)
        if left.empty:
            told = {
                "wave": asked.name,
                "manifest": wave.state.statement,
                "listed": [str(each) for each in (wave.source, *wave.others)],
                "versions": 0,
                "delete_markers": 0,
                "unfinished_uploads": 0,
                "at": _now(),
            }
            sandbox = asked.declaration.sandbox
            digest = proofs.sign(wave.folder, EMPTY, {}, told, key, sandbox=sandbox)
            wave.journal.write("purged", statement=digest)

    _each(asked, None, work)
    named = [each for left in lefts for each in left.named]
    if named or refused:
        words = [f"left at '{asked.wave.from_}', as it is not in the signed manifest or was refused:"]
        words += [f"  {each}" for each in (*named, *refused)]
        return _told(asked, "purge", "left", {"left": named, "refused": refused}, words, json=json, code=REFUSED)
    signed = [str(asked.folder(bucket) / EMPTY) for bucket in asked.wave.buckets]
    words = [f"'{asked.wave.from_}' is empty: no version, no delete marker, no unfinished upload", *signed]
    return _told(asked, "purge", "empty", {"left": [], "refused": [], "signed": signed}, words, json=json)


def status(stack: str, name: str, file: Path | None, as_of: date | None, *, json: bool) -> int:
    """Tell how far a wave is, and judge what is left at the source."""
    asked = _asked(stack, name, file)
    day = as_of or datetime.now(UTC).date()
    left = Left()
    if any(state.stage in ("planned", "running") for state in asked.states().values()):
        _noted(asked)

    def look(wave: Wave) -> None:
        nonlocal left
        found = wave.left()
        left = left + found
        wave.journal.write("listed", left=found.versions + found.markers + found.uploads)

    _each(asked, None, look)
    told = list(judged(left, asked.wave.delete_by, day))
    states = asked.states()
    stage = min((state.stage for state in states.values()), key=ORDER.index, default="new")
    fields = {
        "stage": stage,
        "delete_by": asked.wave.delete_by.isoformat(),
        "as_of": day.isoformat(),
        "left": {
            "versions": left.versions,
            "delete_markers": left.markers,
            "unfinished_uploads": left.uploads,
            "named": left.named,
        },
        "problems": [words for _, words in told],
    }
    done = sum(len(state.copied) for state in states.values())
    whole = sum(len(state.parts) for state in states.values())
    words = [f"{name}: {stage}; {done:,} of {whole:,} parts copied in this pass; left at the source: {left}"]
    words += [f"{'refused' if refused else 'warning'}: {sentence}" for refused, sentence in told]
    code = REFUSED if any(refused for refused, _ in told) else GOOD
    return _told(asked, "status", "overdue" if code else "in_time", fields, words, json=json, code=code)


def _told(
    asked: Asked, command: str, verdict: str, fields: dict[str, Any], words: list[str], *, json: bool, code: int = GOOD
) -> int:
    if json:
        head = {"verdict": verdict, "stack": asked.stack, "wave": asked.name}
        terminal.document(document(f"wave {command}", {**head, **fields}))
    else:
        terminal.out(words)
    return code


def _asked(stack: str, name: str, file: Path | None) -> Asked:
    declaration, where = stacks.declared_at(stack, file)
    if name not in declaration.waves:
        raise ProblemsError([Problem(Position(str(where), 1, 1), undeclared("wave", name, declaration.waves))])
    wave = declaration.waves[name]
    if not wave.buckets:
        message = f"wave '{name}' names no buckets; add 'buckets: {{BUCKET-THERE: BUCKET-HERE}}'"
        raise ProblemsError([Problem(Position(str(where), 1, 1), message)])
    return Asked(stack, name, declaration, wave, where)


def _may(asked: Asked, step: Step) -> None:
    for bucket, state in asked.states().items():
        if reason := state.not_yet(step):
            raise RefusedError(f"{bucket}: {reason}")


def _each(asked: Asked, program: Path | None, work: Callable[[Wave], object]) -> None:
    """Do something with each pair of buckets. Raises ProblemsError, RefusedError, EngineError."""
    for pair in asked.wave.buckets.items():
        ends_ = ends(asked.declaration, asked.wave, pair)
        with working(asked.declaration, asked.folder(pair[0]), ends_, asked.wave.limits, program) as wave:
            work(wave)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
