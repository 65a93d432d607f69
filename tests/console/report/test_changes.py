"""What differs is told in few lines: resources of which the same is true share one, by their names."""

from __future__ import annotations

from console.report.changes import NAMED, SHOWN, lines
from evidence.comparison.change import Change

URN = "urn:pulumi:local::enclave::kubernetes:core/v1:Namespace::"


def red(name: str, told: str = "pass => fail: would be in GB; to do: move it") -> Change:
    return Change("red", f"{URN}{name}", "JUR-001", "pass", f"fail: JUR-001: {name} would be in GB", told)


def test_resources_that_differ_alike_share_a_line_without_their_urns() -> None:
    told = list(lines([red("a"), red("b", "pass => fail: has no key"), red("c")]))
    assert told == [
        "newly refused (3):",
        "  a, c JUR-001: pass => fail: would be in GB; to do: move it",
        "  b JUR-001: pass => fail: has no key",
    ]


def test_what_is_too_much_to_name_is_counted_and_nothing_is_lost() -> None:
    many = [red(f"n{number}") for number in range(NAMED + 3)]
    other = [red(f"o{number}", f"pass => fail: {number}") for number in range(SHOWN + 1)]
    heading, first, *rest, last = lines([*many, *other])
    assert heading == f"newly refused ({len(many) + len(other)}):"
    assert first.startswith("  n0, n1, n2, n3, n4 and 3 more JUR-001: ")
    assert len(rest) == SHOWN - 1
    assert last == "  and 2 more, which --json lists"


def test_what_is_no_resource_has_a_line_of_its_own() -> None:
    flows = [Change("basis", f"link, {name} -> b", "ch", after="no rule covers it") for name in ("x", "y")]
    assert list(lines(flows))[1:] == [f"  link, {name} -> b ch: new: no rule covers it" for name in ("x", "y")]
