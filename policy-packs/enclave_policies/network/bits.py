"""Sets of small numbers as the bits of one whole number: thousands are held against each other at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def bits_of(numbers: Iterable[int]) -> int:
    """Return the set of some numbers."""
    found = list(numbers)
    if not found:
        return 0
    row = bytearray(max(found) // 8 + 1)
    for number in found:
        row[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(row, "little")


def numbers_in(bits: int) -> Iterator[int]:
    """Yield the numbers of a set, the least first."""
    if bits.bit_count() <= _FEW:
        while bits:
            lowest = bits & -bits
            yield lowest.bit_length() - 1
            bits ^= lowest
        return
    for place, byte in enumerate(bits.to_bytes((bits.bit_length() + 7) // 8, "little")):
        if byte:
            yield from (8 * place + bit for bit in _BITS[byte])


def least(bits: int) -> int:
    """Return the least number of a set that is not empty."""
    return (bits & -bits).bit_length() - 1


_FEW = 8
"""Up to so many are taken out one by one; more are read byte by byte."""
_BITS = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))
