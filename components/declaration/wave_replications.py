"""What a wave must fulfil that S3 brings in: one bucket into the store of a site in AWS, by a role of its own."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from components.declaration.model import AwsSite
from components.declaration.physical import ROLE, STORE, bucket_name, physical_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.declaration.found import Found, Keys
    from components.declaration.model import Declaration, Wave


def check_wave_replications(declaration: Declaration) -> Iterator[Found]:
    """Yield what is wrong with replications of waves."""
    taken = _others(declaration)
    for name, wave in declaration.waves.items():
        if wave.replication is None:
            continue
        at: Keys = ("waves", name, "replication")
        if wave.job is not None:
            yield at, "workers on the site bring this wave in ('job'); remove one of them"
        yield from _ends(declaration, at, wave)
        role = wave.replication.role
        if first := taken.get(role):
            yield (*at, "role"), f"'{role}' is the role {first}, and S3 takes one that does nothing else; name another"
        taken.setdefault(role, f"of wave '{name}'")


def _others(declaration: Declaration) -> dict[str, str]:
    """Return the roles that do something else, and what, each by its name."""
    found: dict[str, str] = {}
    for name, key in declaration.keys.items():
        found |= dict.fromkeys((*key.administrators, *key.users, *key.sealers), f"that a policy of key '{name}' names")
    waves = {wave.replication.role for wave in declaration.waves.values() if wave.replication}
    built = Counter(each.name for each in physical_names(declaration) if each.limit is ROLE)
    return found | {name: "of something that is built" for name, times in built.items() if times > (name in waves)}


def _ends(declaration: Declaration, at: Keys, wave: Wave) -> Iterator[Found]:
    source, target = declaration.sites.get(wave.from_), declaration.sites.get(wave.to)
    for name, site in ((wave.from_, source), (wave.to, target)):
        if site is not None and not isinstance(site, AwsSite):
            yield at, f"site '{name}' is not in AWS, and S3 replicates nothing there; remove 'replication'"
    if isinstance(target, AwsSite):
        own = bucket_name(declaration, wave.to, target.account, STORE)
        if list(wave.buckets.values()) != [own]:
            yield at, f"fills one bucket, the store of site '{wave.to}': 'buckets: {{BUCKET-THERE: {own}}}'"
