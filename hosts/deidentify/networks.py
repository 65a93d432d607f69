"""Which country an IP address is in: by a table that the enclave's owner gives, NETWORK,COUNTRY on each line."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from hosts.deidentify.errors import DeidentifyError, OddError, ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

ODD_ADDRESS: Final = "odd-address"
UNKNOWN: Final = "ZZ"
"""For an address in no network of the table; ISO 3166-1 gives it to no country."""
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_MOST_PROBLEMS: Final = 100
_CACHED: Final = 2**16


class Networks:
    """The table: networks that do not overlap, sorted."""

    def __init__(self, rows: list[tuple[int, int, int, str]]) -> None:
        """``rows`` are version, first and last address, and country."""
        self._of = {version: [row[1:] for row in rows if row[0] == version] for version in (4, 6)}
        self._firsts = {version: [row[0] for row in found] for version, found in self._of.items()}
        self._found = lru_cache(_CACHED)(self._find)

    def country(self, value: Any) -> str:
        """Return the country of an address. Raises OddError."""
        if type(value) is not str:
            raise OddError(ODD_ADDRESS)
        return self._found(value)

    def _find(self, text: str) -> str:
        try:
            address = ip_address(text)
        except ValueError:
            raise OddError(ODD_ADDRESS) from None
        if isinstance(address, IPv6Address):
            if address.scope_id is not None:
                raise OddError(ODD_ADDRESS)
            address = address.ipv4_mapped or address
        index = bisect_right(self._firsts[address.version], int(address)) - 1
        if index < 0:
            return UNKNOWN
        _, last, country = self._of[address.version][index]
        return country if int(address) <= last else UNKNOWN


def read_networks(path: Path) -> Networks:
    """Return the table of a file. Raises ProblemsError with the first problems, each with its line."""
    problems: list[str] = []
    rows: list[tuple[int, int, int, str, int]] = []
    try:
        with path.open(encoding="ascii") as file:
            for number, line in enumerate(file, start=1):
                text, _, country = line.strip().partition(",")
                try:
                    network = ip_network(text)
                except ValueError:
                    problems.append(f"{path}:{number}: is no NETWORK,COUNTRY; write it as 192.0.2.0/24,NO")
                    continue
                if not _COUNTRY.fullmatch(country):
                    problems.append(f"{path}:{number}: the country is no two capital letters; write 192.0.2.0/24,NO")
                first, last = int(network.network_address), int(network.broadcast_address)
                rows.append((network.version, first, last, country, number))
    except (OSError, UnicodeDecodeError) as error:
        raise DeidentifyError(f"--networks {path} cannot be read ({error}); name a text file that can") from None
    rows.sort()
    for before, after in pairwise(rows):
        if before[0] == after[0] and after[1] <= before[2]:
            problems.append(f"{path}:{after[4]}: overlaps line {before[4]}; a network stands in one line only")
    if problems:
        raise ProblemsError(problems[:_MOST_PROBLEMS])
    return Networks([row[:4] for row in rows])
