"""JUR-014: no setting, given or left out, lets a regional service leave its region or let the world in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.catalog.values import values_at
from enclave_policies.places.regions import refused_region, refused_zone
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.catalog.switches import Switch
    from enclave_policies.reading.finding import Finding, Verdict
    from enclave_policies.reading.reading import Reading


def check(reading: Reading) -> Iterator[Finding]:
    """Judge the switches of the resource's type (law/catalog/switches)."""
    props = reading.settings
    told: set[str] = set()
    for switch in reading.law.switches.get(reading.resource.type, ()):
        if switch.words in told or _stays(switch, reading):
            continue
        if switch.speaks(props):
            told.add(switch.words)
            verdict: Verdict = "undetermined" if switch.verdict == "undetermined" else "fail"
            yield rule.finding(reading, f"{switch.words} ({switch.path})", verdict=verdict)
        elif switch.is_open(props):
            told.add(switch.words)
            problem = f"has a setting that is not known yet ({switch.path}); it may be that it {switch.words}"
            yield rule.finding(reading, problem, verdict="undetermined")


def _stays(switch: Switch, reading: Reading) -> bool:
    """Whether the region or zone that the setting is about is an approved one."""
    if switch.place is None:
        return False
    places = [place for place in values_at(reading.settings, switch.place) if isinstance(place, str)]
    law = reading.law
    return bool(places) and all(None in (refused_region(place, law), refused_zone(place, law)) for place in places)


rule = Rule(
    id="JUR-014",
    name="worldwide-setting",
    title="No setting, given or left out, lets a regional service leave its region or let the world in.",
    severity="high",
    remedy="write the setting that keeps it in its region, and the world out",
    check=check,
    concerns=lambda type_, law: type_ in law.switches,
    package="aws",
)
