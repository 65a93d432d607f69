"""What a trail of CloudTrail records, and what its selectors leave out.

Source: AWS CloudTrail API reference, AdvancedFieldSelector and EventSelector: fields of a selector narrow it together,
a trail records what any of its selectors wants, and one without selectors records management events alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from enclave_policies.reading.reading import Reading

OBJECT: Final = "AWS::S3::Object"
ARN: Final = "resources.ARN"
DATA: Final = {"eventCategory": "Data", "resources.type": OBJECT}
MANAGEMENT: Final = {"eventCategory": "Management"}
EXCLUDED: Final = "excludeManagementEventSources"
ALL_OBJECTS: Final = ("arn:aws:s3", "arn:aws:s3:::")


def records_management(trail: Reading) -> bool:
    """Return whether a trail records every management event: who changed what, and who used which key."""
    advanced, basic = trail.setting("advancedEventSelectors"), trail.setting("eventSelectors")
    if UNKNOWN in (advanced, basic):
        return True  # judged again before it is created
    if advanced:
        return any(_fields(one) == MANAGEMENT for one in _each(advanced))
    return not basic or any(
        one.get("includeManagementEvents", True) is True and _reads_and_writes(one) and not one.get(EXCLUDED)
        for one in _each(basic)
    )


def unrecorded(trail: Reading, beginnings: Iterable[str]) -> list[str]:
    """Return the beginnings of objects' ARNs whose accesses a trail leaves out; with none asked, "" for all."""
    advanced, basic = trail.setting("advancedEventSelectors"), trail.setting("eventSelectors")
    if UNKNOWN in (advanced, basic):
        return []
    held = list(_recorded(_each(advanced), _each(basic)))
    return [one for one in beginnings or ("",) if not any(_within(one, wide) for wide in held)]


def _within(beginning: str, wide: str) -> bool:
    return not beginning or beginning.startswith(wide)


def _recorded(advanced: list[Mapping[str, Any]], basic: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the beginnings of ARNs whose objects are recorded whole: every access, by whomever."""
    for selector in advanced:
        fields = _fields(selector)
        about = fields.pop(ARN, "")
        if fields == DATA:
            yield from [about] if isinstance(about, str) else about
    for selector in [] if advanced else basic:
        for resource in _each(selector.get("dataResources")):
            if resource.get("type") == OBJECT and _reads_and_writes(selector):
                yield from ("" if one in ALL_OBJECTS else str(one) for one in resource.get("values") or ())


def _fields(selector: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a selector wants: for each field the one value, or beginnings; what else narrows is its own mark."""
    found: dict[str, Any] = {}
    for one in _each(selector.get("fieldSelectors")):
        said = {how: values for how, values in one.items() if how != "field" and values}
        field = str(one.get("field"))
        equal, begins = said.get("equals"), said.get("startsWiths")
        if field in found or len(said) != 1:
            found[f"{field} again"] = said
        elif field == ARN and isinstance(begins, list) and UNKNOWN not in begins:
            found[field] = tuple(map(str, begins))
        elif field != ARN and isinstance(equal, list) and len(equal) == 1:
            found[field] = equal[0]
        else:
            found[field] = said
    if isinstance(found.get(ARN), dict):
        found[f"{ARN} otherwise"] = found.pop(ARN)
    return found


def _reads_and_writes(selector: Mapping[str, Any]) -> bool:
    return bool(selector.get("readWriteType", "All") == "All")


def _each(values: Any) -> list[Mapping[str, Any]]:
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []
