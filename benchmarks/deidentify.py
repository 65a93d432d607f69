"""De-identifying a file of JSON lines beside copies of it: parsed and written again, and byte by byte.

It is done twice: with pseudonyms, and with tokens in their place, each of which gets an entry in a vault.

The peer reads each line with the same bounds, parses it by the standard library's plain decoder, and writes what it has
read in full by the same encoder: all that a program does that looks at no field. Each runs in a process of its own.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final

from benchmarks.errors import NotMeasuredError
from benchmarks.figure import Figure, Target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.workbench import Workbench

SIZE: Final = 200 * 10**6
"""Bytes."""
MEMORY: Final = 300.0
"""MB, the most that a run may take, whatever the size of its file."""
BLOCK: Final = 20_000
"""Records of which a file repeats the text: making other ones would take longer than reading them."""
OWN: Final = "from hosts.deidentify.main import main; import sys; code = main(sys.argv[1:])"
COPY: Final = """
import json, sys
from hosts.deidentify.lines import lines_of
encode, code = json.JSONEncoder(separators=(",", ":")).encode, 0
with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as target:
    waiting = []
    for line in lines_of(source):
        waiting.append(encode(json.loads(line)))
        if len(waiting) >= 512:
            target.write("".join(f"{one}\\n" for one in waiting).encode())
            waiting.clear()
    target.write("".join(f"{one}\\n" for one in waiting).encode())
"""
TELL: Final = """
from pathlib import Path
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
sys.exit(code)
"""
WITH: Final[dict[str, str]] = {
    "pseudonym": '"measure":"pseudonymised"',
    "token": (
        '"measure":"tokenised","reversal":{"enclave":"europe","key":"tokens","purposes":["support"],'
        f'"approvers":{{"a":"{"A" * 43}="}}}}'
    ),
}
FLOW: Final = """\
{"flow":"FORMs","class":"restricted","purpose":"FORM","recipient":"lab","country":"IE","regimes":["eu"],"sandbox":true,MORE}
{"of":"FORMs","field":"user","do":"FORM"}
{"of":"FORMs","field":"phone","do":"FORM"}
{"of":"FORMs","field":"plan","do":"keep","values":["free","plus"]}
{"of":"FORMs","field":"address","do":"country"}
{"of":"FORMs","field":"at","do":"day"}
{"of":"FORMs","field":"age","do":"age-band"}
"""


def measure(bench: Workbench) -> Iterator[Figure]:
    """Yield MB of input per second, and the memory that a run takes (MB)."""
    source = bench.place / "visits.jsonl"
    size = write(source, SIZE)
    rates: dict[str, list[float]] = {"pseudonym": [], "token": [], "copy": [], "cp": []}
    memory: dict[str, list[float]] = {form: [] for form in WITH}
    with bench.progress.step(f"de-identifying {SIZE // 10**6} MB", "about 10 s a round") as step:
        for number in range(bench.rounds):
            step.note = f"round {number + 1} of {bench.rounds}"
            for form in WITH:
                seconds, used = deidentified(bench.place, source, number, form)
                memory[form].append(used)
                rates[form].append(size / 10**6 / seconds)
            rates["copy"].append(size / 10**6 / _copied(source, bench.place / "copy.jsonl"))
            began = time.monotonic()
            shutil.copyfile(source, bench.place / "cp.jsonl")
            rates["cp"].append(size / 10**6 / (time.monotonic() - began))
    copy, plain = (sorted(rates[name])[len(rates[name]) // 2] for name in ("copy", "cp"))
    for form in WITH:
        target = Target(f"with {form}s/copied", 0.25, at_least=True)
        what = f"a file of {SIZE // 10**6} MB, de-identified with {form}s"
        yield Figure(what, "MB/s", tuple(rates[form]), "the same file, parsed and written again", copy, target)
        yield Figure(what, "MB/s", tuple(rates[form]), "a copy of its bytes", plain)
        limit = Target(f"memory with {form}s/300 MB", 1)
        yield Figure(f"memory of it, with {form}s", "MB", tuple(memory[form]), "limit", MEMORY, limit)


def write(target: Path, size: int) -> int:
    """Write so many bytes of records, or a few more; return how many."""
    rng = random.Random(4711)  # noqa: S311
    block = "".join(f"{json.dumps(_record(rng))}\n" for _ in range(BLOCK)).encode()
    written = 0
    with target.open("wb") as file:
        while written < size:
            written += file.write(block)
    return written


def _record(rng: random.Random) -> dict[str, object]:
    return {
        "user": f"user-{rng.randrange(10**12):012}",
        "phone": f"+47{rng.randrange(10**8, 10**9)}",
        "plan": rng.choice(["free", "plus"]),
        "address": f"10.{rng.choice([8, 9])}.{rng.randrange(256)}.{rng.randrange(256)}",
        "at": f"2026-11-{rng.randrange(1, 29):02}T10:{rng.randrange(60):02}:00+00:00",
        "age": rng.randrange(18, 99),
        "note": " ".join(rng.choice(["met", "at", "the", "harbour", "of", "Hamar"]) for _ in range(12)),
        "device": {"kind": "phone", "screen": [rng.randrange(4000), rng.randrange(4000)]},
    }


def deidentified(folder: Path, source: Path, number: int, form: str) -> tuple[float, float]:
    """De-identify a file with pseudonyms or tokens; return the seconds and the MB of memory that it took."""
    flow = FLOW.replace("FORM", form).replace("MORE", WITH[form])
    (folder / "flows.jsonl").write_text(flow, encoding="ascii")
    (folder / "networks.csv").write_text("10.8.0.0/16,NO\n10.9.0.0/16,IE\n", encoding="ascii")
    (folder / "ledger.jsonl").touch()
    target = folder / "out.jsonl"
    target.unlink(missing_ok=True)
    vaults = folder / "vaults"
    shutil.rmtree(vaults, ignore_errors=True)
    vaults.mkdir()
    words = ["--schema", "flows.jsonl", "--flow", f"{form}s", "--ledger", "ledger.jsonl", "--networks", "networks.csv"]
    words += ["--vault", "vaults"]
    words += ["--epoch", f"run-{number}", "--stand-in", str(source), str(target)]
    seconds, said = _timed(OWN + TELL, words, folder)
    if target.stat().st_size == 0 or "0 refused" not in said:
        raise NotMeasuredError(f"what leaves is not whole: {said[:200]}")
    return seconds, int(said.split()[-1]) * 1024 / 10**6


def _copied(source: Path, target: Path) -> float:
    return _timed(COPY, [str(source), str(target)], source.parent)[0]


def _timed(program: str, words: list[str], folder: Path) -> tuple[float, str]:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotMeasuredError(f"a run has failed: {done.stderr.strip()[-200:]}")
    return time.monotonic() - began, done.stdout
