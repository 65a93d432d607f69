"""KEY-002: the key of data is of the same site, country and data class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.key_custody.keyring import MAC_USAGE, keyring_of
from enclave_policies.key_custody.needs import uses
from enclave_policies.key_custody.owner import SITE, owners, where_to_say
from enclave_policies.law.folder.custody import custody_of
from enclave_policies.reading.rule import StackRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.key_custody.keyring import Holder
    from enclave_policies.key_custody.needs import Use
    from enclave_policies.key_custody.owner import Owner
    from enclave_policies.reading.finding import Finding, Verdict
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

ENCRYPTS_NOTHING: Final = frozenset({MAC_USAGE, "SIGN_VERIFY", "KEY_AGREEMENT"})
"""The ``keyUsage`` of keys by which no service encrypts (AWS KMS API reference, CreateKey)."""


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge each key that an input names, as far as the stack or the law knows it."""
    custody = custody_of(reading.law)
    known = custody.types.get(reading.resource.type)
    if known is None or not known.keys or reading.resource.as_provider is not None:
        return
    whose = owners(reading, known, stack)
    for use in uses(known, reading.settings):
        found = keyring_of(stack).find(reading, use.path, use.value)
        if found.problem is not None:
            verdict: Verdict = "undetermined" if found.open else "fail"
            yield rule.finding(reading, f"is encrypted by {found.problem} ({use.path})", verdict=verdict, at=use.path)
        for holder in found.holders:
            for data in whose:
                yield from _compared(reading, use, data, holder, custody.decided.untagged)


def _compared(reading: Reading, use: Use, data: Owner, holder: Holder, untagged: str) -> Iterator[Finding]:
    if data.site is None and reading.resource.type in reading.law.untagged:
        data = _as_the_key_says(data, holder.owner)
    key, by = holder.owner, f"is encrypted by {holder.name} ({use.path})"
    usage = holder.reading.settings.get("keyUsage") if holder.reading is not None else None
    if isinstance(usage, str) and usage in ENCRYPTS_NOTHING:
        yield rule.finding(reading, f"{by}, which encrypts nothing (keyUsage {usage})", at=use.path)
    if use.elsewhere:
        if not reading.law.approves(key.country):
            yield rule.finding(
                reading, f"{by}, which is in {key.country or 'no known country'}", country=key.country, at=use.path
            )
    else:
        yield from _where(reading, use, data, key, by)
    wanted = frozenset({untagged}) if data.classes is None else data.classes
    if key.classes is None:
        problem, remedy = f"{by}, and the key says no data class", "say its classes by the tag data-class on the key"
        yield rule.finding(reading, problem, verdict="undetermined", remedy=remedy, at=use.path)
    elif not wanted <= key.classes:
        other = ", ".join(sorted(wanted - key.classes))
        yield rule.finding(reading, f"{by}, which is no key for data of class {other}", at=use.path)


def _where(reading: Reading, use: Use, data: Owner, key: Owner, by: str) -> Iterator[Finding]:
    if key.site is None or data.site is None:
        who = "the key" if key.site is None else "the data"
        how = where_to_say(reading, SITE) if key.site is not None else "by the tag site on the key"
        problem, remedy = f"{by}, and {who} says no site", f"say its site {how}"
        yield rule.finding(reading, problem, verdict="undetermined", remedy=remedy, at=use.path)
    elif key.site != data.site:
        yield rule.finding(
            reading, f"{by} of site '{key.site}', and its own site is '{data.site}'", where=key.site, at=use.path
        )
    if data.country is None:
        problem = f"{by} in {key.country or 'no known country'}, and nobody can tell where the data is"
        yield rule.finding(reading, problem, country=key.country, verdict="undetermined", at=use.path)
    elif key.country != data.country:
        problem = f"{by} in {key.country or 'no known country'}, and the data is in {data.country}"
        yield rule.finding(reading, problem, country=key.country, at=use.path)


def _as_the_key_says(data: Owner, key: Owner) -> Owner:
    """Return whose data it is that takes no tags: whoever's key it is; its country is its own all the same."""
    return data._replace(site=key.site, classes=key.classes if data.classes is None else data.classes)


rule = StackRule(
    id="KEY-002",
    name="key-place",
    title="The key of data is of the same site, country and data class.",
    severity="critical",
    remedy="use a key of this stack with the same site and class, or list the other stack's in law/custody.yaml",
    check=check,
    concerns=lambda type_, law: (known := custody_of(law).types.get(type_)) is not None and bool(known.keys),
    package="aws",
)
