"""The steps of a wave over one pair of buckets: inventory, copy, compare, remove; each can be killed and run again."""

from __future__ import annotations

import hashlib
import json
import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from hosts.wave.behind import Behind
from hosts.wave.copier import CopyError, Missing
from hosts.wave.left import left_in
from hosts.wave.manifest import Difference, Line, content_of, differences, metadata_hash, without_repeats
from hosts.wave.names import KEPT_APART, folder_of
from hosts.wave.parts import parts, versions_below
from hosts.wave.progress import Progress
from hosts.wave.state import state_in
from hosts.wave.versions import histories, matched, telling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from hosts.wave.copier import Copier
    from hosts.wave.journal import Journal
    from hosts.wave.left import Left
    from hosts.wave.parts import Part
    from hosts.wave.state import State
    from hosts.wave.store import Store
    from hosts.wave.versions import History, Version

ATTEMPTS: Final = 3
"""How often a part is copied before its failure is told; each time only what the target still lacks."""
_CHUNK: Final = 2**20
_READERS: Final = 8
"""Objects that are read at once for each worker while contents are compared."""


class ConflictError(RuntimeError):
    """The target holds other data under the same names; nothing there is overwritten or removed."""


@dataclass(frozen=True)
class Wave:
    """A wave over one pair of buckets; ``folder`` holds its journal and its manifests."""

    source: Store
    target: Store
    copier: Copier
    folder: Path
    journal: Journal
    tell: Callable[[Progress], None]
    others: tuple[Store, ...] = ()

    @property
    def state(self) -> State:
        """Return how far it is."""
        return state_in(self.folder / JOURNAL)

    @cached_property
    def _parts(self) -> tuple[Part, ...]:
        return self.state.parts

    @cached_property
    def _etags(self) -> bool:
        """Whether etags tell one content from another on both sides."""
        return not (self.source.by_kms() or self.target.by_kms())

    @property
    def _last(self) -> int:
        return len(self._parts) - 1

    # --- plan

    def plan(self, most_versions: int, most_bytes: int) -> State:
        """Count what is at the source, and cut it into parts."""
        found = [asdict(part) for part, _ in parts(histories(self.source.versions()), most_versions, most_bytes)]
        self.journal.write("planned", parts=found, source=str(self.source), target=str(self.target))
        return self.state

    # --- run

    def run(self) -> State:
        """Copy what the target lacks, part by part. Raises ConflictError, CopyError."""
        state = self.state
        if state.stage != "running":
            self.journal.write("pass", number=state.passes + 1)
            state = self.state
        meter = _Meter(state, self.tell)
        self._each(
            [part for part in state.parts if part.number not in state.copied],
            lambda part: self._copy(part, meter, self.missing),
        )
        self.journal.write("ran")
        return self.state

    def take_over(self, planned: Sequence[Part]) -> None:
        """Begin with parts that were planned elsewhere."""
        self.journal.write(
            "planned", parts=list(map(asdict, planned)), source=str(self.source), target=str(self.target)
        )
        self.journal.write("pass", number=1)

    def copy_part(self, number: int) -> None:
        """Copy what the target lacks of one part alone. Raises ConflictError, CopyError."""
        self._copy(self._parts[number], _Meter(self.state, self.tell), self.missing)

    def note(self, results: Mapping[int, Mapping[str, float]]) -> State:
        """Note which parts workers have copied: part → objects, bytes, seconds. All of them end the run."""
        if self.state.stage != "running":
            self.journal.write("pass", number=self.state.passes + 1)
        for number in sorted(results.keys() - self.state.copied):
            told = {name: results[number][name] for name in ("objects", "bytes", "seconds")}
            self.journal.write("copied", part=number, **told)
        if len(self.state.copied) == len(self._parts):
            self.journal.write("ran")
        return self.state

    def run_around(self) -> tuple[State, list[str]]:
        """As `run`, but a key under which the target has other data stops nothing: it is left, and returned."""
        self.journal.write("pass", number=self.state.passes + 1)
        state, left = self.state, list[str]()
        meter = _Meter(state, self.tell)

        def lacking(part: Part) -> list[Missing]:
            found, wrong = self._lacking(part)
            left.extend(wrong)
            return found

        self._each(state.parts, lambda part: self._copy(part, meter, lacking))
        self.journal.write("ran")
        return self.state, sorted(set(left))

    def _copy(self, part: Part, meter: _Meter, lacking: Callable[[Part], list[Missing]]) -> None:
        started = time.monotonic()
        for attempt in range(1, ATTEMPTS + 1):
            missing = lacking(part)
            if attempt == 1:
                meter.begin(part, missing)
                first = missing
            try:
                self._bring(missing, lambda objects, size: meter.at(part, objects, size))
                break
            except CopyError:
                if attempt == ATTEMPTS or self.copier.stopped.is_set():
                    raise
        objects, size = sum(each.versions for each in first), sum(each.bytes for each in first)
        self.journal.write(
            "copied", part=part.number, objects=objects, bytes=size, seconds=round(time.monotonic() - started, 3)
        )
        meter.end(part)

    def _bring(self, missing: Sequence[Missing], on_progress: Callable[[int, int], None]) -> None:
        plain = [each for each in missing if each.plain(self.target)]
        exact = [each for each in missing if not each.plain(self.target)]
        with ThreadPoolExecutor(self.copier.limits.transfers) as pool:
            others = [pool.submit(self.copier.copy_exactly, each) for each in exact]
            if plain:
                names = [each.history.key for each in plain]
                below = versions_below(self._parts, folder_of(names))
                self.copier.copy_plain(names, below, on_progress)
            for done in others:
                done.result()

    def missing(self, part: Part) -> list[Missing]:
        """Return what the target lacks of a part. Raises ConflictError."""
        found, wrong = self._lacking(part)
        if wrong:
            names = ", ".join(map(repr, wrong[:10]))
            raise ConflictError(f"{self.target} has other data under {len(wrong)} of these names: {names}")
        return found

    def _lacking(self, part: Part) -> tuple[list[Missing], list[str]]:
        """Return what the target lacks of a part, and the keys under which it has other data."""
        source = [telling(each) for each in self._source(part)]
        held = self._held(part, [each.key for each in source])
        found, wrong = list[Missing](), list[str]()
        for history in source:
            done = matched(history, held.get(self.target.held_as(history.key)), etags=self._etags)
            if done is None:
                wrong.append(history.key)
            elif done < len(history.versions):
                found.append(Missing(history, done))
        return found, wrong

    def _source(self, part: Part) -> Iterator[History]:
        """Yield the histories of a part; the last one has no end, so that nothing which came later is passed over."""
        return histories(self.source.versions(part.after, self._end(part), expected=part.versions))

    def _end(self, part: Part) -> str | None:
        return None if part.number == self._last else part.last

    def _held(self, part: Part, keys: Iterable[str]) -> dict[str, History]:
        """Return what the target has of a part, by its name there; ``keys`` are those of the source."""
        listed = self.target.versions(part.after, self._end(part), expected=part.versions)
        held = {each.key: each for each in histories(listed)}
        if self.target.files:
            held = {name: each for name, each in held.items() if not name.startswith(KEPT_APART)}
            for key in keys:
                name = self.target.held_as(key)
                if name != key:
                    held |= {each.key: each for each in histories(self.target.versions(prefix=name))}
        return held

    # --- verify

    def compare(self) -> list[Difference]:
        """Read every version on both sides, write both manifests, and return the differences."""
        state = self.state
        if state.statement or not state.compared:
            self.journal.write("comparing")
            state = self.state
        (self.folder / MANIFESTS).mkdir(exist_ok=True)
        meter = _Meter(state, self.tell, done=frozenset(state.compared))
        self._each(
            [part for part in state.parts if part.number not in state.compared], lambda part: self._compare(part, meter)
        )
        found = self.state.compared
        return [Difference(*each) for number in sorted(found) for each in found[number]["differences"]]

    def behind(self) -> list[Behind]:
        """Return what the target lacks, by listings; a key under which it has other data is left to `compare`."""
        return [Behind.of(missing) for part in self._parts for missing in self._lacking(part)[0]]

    def lacks_content(self) -> bool:
        """Return whether the target lacks content, by listings: delete markers and other data do not count."""
        missing = (each for part in self._parts for each in self._lacking(part)[0])
        return any(not version.marker for each in missing for version in each.history.versions[each.done :])

    def _compare(self, part: Part, meter: _Meter) -> None:
        source = {history.key: history for history in self._source(part)}
        held = self._held(part, source)
        names = {self.target.held_as(key): key for key in source}
        lines_, theirs = self._hashed(self.source, source, {}), self._hashed(self.target, held, names)
        by_key: dict[str, list[Line]] = {}
        for line in lines_:
            by_key.setdefault(line.key, []).append(line)
        found: dict[str, list[Line]] = {}
        for line in theirs:
            found.setdefault(line.key, []).append(line)
        theirs = [line for key in sorted(found) for line in without_repeats(by_key.get(key, ()), found[key])]
        ids = "".join(json.dumps(_told_of(each)) + "\n" for history in source.values() for each in history.versions)
        files = {"source": content_of(lines_), "target": content_of(theirs), "versions": ids.encode()}
        for name, content in files.items():
            (self.folder / manifest_name(part.number, name)).write_bytes(content)
        wrong = list(differences(lines_, theirs))
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        size = sum(line.size for line in lines_)
        self.journal.write(
            "compared", part=part.number, digests=digests, lines=len(lines_), bytes=size, differences=wrong
        )
        meter.end(part)

    def _hashed(self, store: Store, held: dict[str, History], names: dict[str, str]) -> list[Line]:
        versions = [version for key in sorted(held) for version in telling(held[key]).versions]

        def line(version: Version) -> Line:
            self.copier.go_on()
            return _line(store, version, names.get(version.key, version.key))

        with ThreadPoolExecutor(_READERS) as pool:
            found = list(pool.map(line, versions))
        return sorted(found, key=lambda line: line.key)  # stable: a key's versions stay in order

    def files(self) -> dict[str, str]:
        """Return the SHA-256 of every manifest's file that was written, by its name."""
        return {
            manifest_name(number, name): digest
            for number, told in sorted(self.state.compared.items())
            for name, digest in told["digests"].items()
        }

    # --- purge

    def purge(self) -> tuple[Left, list[str]]:
        """Remove what the manifests prove to be at the target, and return what is left, and what was refused."""
        state = self.state
        refused: list[str] = []
        self._each(
            [part for part in state.parts if part.number not in state.removed], lambda part: self._remove(part, refused)
        )
        for store in (self.source, *self.others):
            store.abort(store.uploads())
        return self.left(), refused

    def _remove(self, part: Part, refused: list[str]) -> None:
        proved = self.proved(part)
        held = self._held(part, {key for key, *_ in proved})
        gone = [key for key, *_ in proved if self.target.held_as(key) not in held]
        if gone:
            raise ConflictError(
                f"{self.target} no longer has {gone[0]!r}, which was proved to be there: nothing is removed"
            )
        stays: list[str] = []
        for store in (self.source, *self.others):
            there = store.versions(part.after, self._end(part), expected=part.versions)
            own = [each for each in there if _told_of(each) in proved]
            stays += store.remove(own)
        refused += stays
        if not stays:
            self.journal.write("removed", part=part.number)

    def proved(self, part: Part) -> set[tuple[str, str, str, int]]:
        """Return what the signed manifest says of a part's versions. Raises ConflictError where it was changed.

        Its etag and size are told too, as a bucket without versions calls each content "null".
        """
        file = self.folder / manifest_name(part.number, "versions")
        content = file.read_bytes() if file.exists() else b""
        if hashlib.sha256(content).hexdigest() != self.state.compared[part.number]["digests"]["versions"]:
            raise ConflictError(f"{file} is not what was signed: nothing is removed; verify again")
        return {(key, version, etag, size) for key, version, etag, size in map(json.loads, content.splitlines())}

    def newer(self) -> list[str]:
        """Return the keys at the source of which the signed manifest lacks a version."""
        found: list[str] = []
        for part in self.state.parts:
            proved = self.proved(part)
            held = self.source.versions(part.after, self._end(part), expected=part.versions)
            found += [each.key for each in held if _told_of(each) not in proved]
        return found

    def left(self) -> Left:
        """Return what the source and its replicas hold now."""
        return left_in([self.source, *self.others])

    def _each(self, of: Iterable[Part], work: Callable[[Part], None]) -> None:
        """Do parts, so many at a time; the first failure ends the rest, and who is stopped leaves parts half done."""
        with ThreadPoolExecutor(self.copier.limits.workers) as pool:
            futures = [pool.submit(work, part) for part in of]
            try:
                done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            except BaseException:
                self.copier.stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
            failure = next((error for future in done if (error := future.exception())), None)
            if failure:
                pool.shutdown(wait=True, cancel_futures=True)
                raise failure


JOURNAL: Final = "journal.jsonl"
MANIFESTS: Final = "manifests"


def manifest_name(part: int, kind: str) -> str:
    """Return the file of a part's manifest: of the source, of the target, or with the source's version ids."""
    return f"{MANIFESTS}/{part:06}.{kind}.jsonl"


def _told_of(version: Version) -> tuple[str, str, str, int]:
    return version.key, version.id, version.etag, version.size


def _line(store: Store, version: Version, key: str) -> Line:
    if version.marker:
        return Line(key, None, 0, None)
    read = store.read(version)
    digest, size = hashlib.sha256(), 0
    while chunk := read["Body"].read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return Line(key, digest.hexdigest(), size, metadata_hash(read.get("ContentType", ""), read.get("Metadata", {})))


class _Meter:
    """Adds up what workers do, and tells of it."""

    def __init__(self, state: State, tell: Callable[[Progress], None], done: frozenset[int] | None = None) -> None:
        done = state.copied if done is None else done
        over = [part for part in state.parts if part.number in done]
        self._before = sum(part.versions for part in over), sum(part.bytes for part in over)
        self._all = sum(part.versions for part in state.parts), sum(part.bytes for part in state.parts)
        self._done: dict[int, tuple[int, int]] = {}
        self._there: dict[int, tuple[int, int]] = {}
        self._started = time.monotonic()
        self._tell = tell

    def begin(self, part: Part, missing: Iterable[Missing]) -> None:
        lacking = list(missing)
        objects = part.versions - sum(each.versions for each in lacking)
        self._there[part.number] = max(objects, 0), max(part.bytes - sum(each.bytes for each in lacking), 0)

    def at(self, part: Part, objects: int, size: int) -> None:
        there = self._there.get(part.number, (0, 0))
        self._done[part.number] = objects + there[0], size + there[1]
        self._say()

    def end(self, part: Part) -> None:
        self._done[part.number] = part.versions, part.bytes
        self._say()

    def _say(self) -> None:
        done = list(self._done.values())
        self._tell(
            Progress(
                objects=self._before[0] + sum(objects for objects, _ in done),
                bytes=self._before[1] + sum(size for _, size in done),
                all_objects=self._all[0],
                all_bytes=self._all[1],
                seconds=time.monotonic() - self._started,
                before_objects=self._before[0],
                before_bytes=self._before[1],
            )
        )
