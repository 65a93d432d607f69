"""The waves that S3 brings in by itself, as the sites at both ends know them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.aws.arn import role_arn, service_host
from components.declaration.model import AwsSite
from components.declaration.physical import replicated_from
from hosts.wave.replication import End, Replication

if TYPE_CHECKING:
    from components.declaration.model import Declaration
    from components.site import SitePlan


def replications(declaration: Declaration) -> dict[str, Replication]:
    """Return the waves that S3 brings in, by name."""
    found = {}
    for name, wave in declaration.waves.items():
        source, target = declaration.sites[wave.from_], declaration.sites[wave.to]
        if wave.replication is not None and isinstance(source, AwsSite) and isinstance(target, AwsSite):
            ((there, here),) = wave.buckets.items()
            ends = _end(wave.from_, source, there), _end(wave.to, target, here)
            found[name] = Replication(name, role_arn(source, wave.replication.role), *ends)
    return found


def _end(name: str, site: AwsSite, bucket: str) -> End:
    return End(name, site.account, site.region, bucket, service_host(site, "s3"))


def into(plan: SitePlan[AwsSite]) -> list[Replication]:
    """Return those that fill the site's store."""
    return [one for one in replications(plan.declaration).values() if one.target.site == plan.name]


def built_from(plan: SitePlan[AwsSite]) -> list[Replication]:
    """Return those out of the site's own store, of which it builds its half."""
    found = replications(plan.declaration)
    return [found[name] for name in replicated_from(plan.declaration, plan.name)]
