"""However large or wrong a declaration is, it is read in a moment or refused: nothing grows with a square.

Each text takes more than a minute where something compares each with each. Time is that of this process alone.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from components.declaration import invariants, load_declaration
from located_yaml import ProblemsError
from located_yaml.loader import LARGEST
from tests.components.declarations import stacks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

LOCAL = (stacks / "local.yaml").read_text(encoding="utf-8")
PATIENCE = 10.0  # seconds of a busy machine; a quiet one needs less than 2
MEGABYTES = 300


def put(old: str, new: str) -> str:
    assert old in LOCAL
    return LOCAL.replace(old, new, 1)


def before(old: str, line: str, number: int) -> str:
    """The shipped declaration with many lines in front of a text."""
    return put(old, "".join(f"{line.format(n=n, m=n % 250)}\n" for n in range(number)) + old)


def listed(number: int, item: str = "{}") -> str:
    return ", ".join(item.format(n) for n in range(number))


def many_sites(number: int) -> str:
    """The shipped shape on many sites, without what names single ones."""
    site = '  s{}: {{kind: aws, country: IE, region: eu-west-1, account: "111122223333", cidr: {}, lifecycle: live}}'
    sites = "\n".join(site.format(n, f"10.{n}.0.0/16") for n in range(number))
    single = r" {4,6}(- .*)?(dublin|hamar|flow: ).*\n| {2,4}(arrives|balancers|receivers):\n"
    head = re.sub(single, "", LOCAL[: LOCAL.index("sites:")])
    return head.replace("10.200.0.0/16", "192.168.0.0/16") + "sites:\n" + sites + "\n"


DENIED, PORTS = "{from: [internet], to: [", "ports: [443, 5432]}"
READ: dict[str, Callable[[], str]] = {
    "200 sites": lambda: many_sites(200),
    "a comment of a megabyte": lambda: LOCAL + "#" * (LARGEST - len(LOCAL)),
}
REFUSED: dict[str, Callable[[], str]] = {
    "unknown keys": lambda: before("enclave: europe\n", "key{n}: 1", 50_000),
    "unknown keys of a site": lambda: before("    buildings: 3\n", "    key{n}: 1", 50_000),
    "an unknown key of a megabyte": lambda: f"{LOCAL}'{'k' * 900_000}': 1\n",
    "ports": lambda: put(PORTS, f"ports: [{listed(20_000)}]}}"),
    "ports that are none": lambda: put(PORTS, f"ports: [{listed(150_000, 'x')}]}}"),
    "an error at the end": lambda: f"{LOCAL}x: [{listed(150_000)}, }}\n",
    "a tab at the end": lambda: f"{LOCAL}x: [{listed(150_000)},\t1]\n",
    "segments of one slot": lambda: before("  ingress: {slot: 0", "  g{n}: {{slot: 9, purpose: x}}", 20_000),
    "connections": lambda: put(DENIED, f"{{from: [{listed(900, 'app')}], to: [{listed(900, 'store')}, "),
    "sites of one network": lambda: re.sub(r"cidr: 10\.\d+\.", "cidr: 10.0.", many_sites(5_000)),
    "entries": lambda: before(
        "  - from: [10.200.0.0/16]", "  - {{from: [10.201.{m}.0/24], to: ingress, ports: [{n}]}}", 12_000
    ),
    "ends that nobody declared": lambda: put(DENIED, f"{{from: [{listed(999, 'a{}')}], to: [{listed(900, 'a{}')}, "),
    "ten megabytes": lambda: f"{LOCAL}x: [{'1,' * 5_000_000}]\n",
}


@pytest.mark.parametrize("case", [*READ, *REFUSED])
def test_a_big_declaration_is_read_or_refused_in_a_moment(case: str, tmp_path: Path) -> None:
    file = tmp_path / "big.yaml"
    file.write_text({**READ, **REFUSED}[case](), encoding="utf-8")
    began = time.process_time()
    if case in READ:
        load_declaration(file)
    else:
        with pytest.raises(ProblemsError) as refused:
            load_declaration(file)
        assert len(refused.value.problems) <= 101
        assert len(str(refused.value)) < 40_000
    assert time.process_time() - began < PATIENCE


def test_a_megabyte_of_numbers_is_read_in_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "big.yaml"
    file.write_text(f"x: [{'1,' * ((LARGEST - 10) // 2)}]\n", encoding="utf-8")
    program = (
        "import sys; from pathlib import Path; from located_yaml import load\n"
        "assert len(load(Path(sys.argv[1])).data['x']) > 400_000\n"
        # Linux hands ru_maxrss on from the process that starts this one, which is a whole test run.
        "peak = next(line for line in Path('/proc/self/status').read_text().splitlines() if line.startswith('VmHWM'))\n"
        "print(int(peak.split()[1]) // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(file)], capture_output=True, text=True, check=True)
    assert int(done.stdout) < MEGABYTES


def test_comparing_each_with_each_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: contradictions as they were looked for once, pair by pair."""
    compared = 0

    class Pairs:
        def __init__(self, named: Iterable[tuple[str, Any]]) -> None:
            self.named = list(named)

        def by(self, way: Any) -> str | None:
            nonlocal compared
            compared += len(self.named)
            meeting = (name for name, one in self.named if one[:3] == way[:3] and one.ports.overlaps(way.ports))
            return next(meeting, None)

    def work(sites: int) -> int:
        (tmp_path / "many.yaml").write_text(many_sites(sites), encoding="utf-8")
        start = compared
        load_declaration(tmp_path / "many.yaml")
        return compared - start

    monkeypatch.setattr(invariants, "ByEnds", Pairs)
    few = work(10)
    assert work(40) > 12 * few
