"""The stores at both ends of a wave: how they are reached, and that a target is where its site is.

A site's store is reached by the AWS profile that bears the site's name (region, credentials, `endpoint_url`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError

from components.declaration import AwsSite
from console.argument_problem import argument_problem
from hosts.wave import reached
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from components.declaration import Declaration
    from components.declaration.model import Wave
    from hosts.wave.store import Store


def ends(declaration: Declaration, wave: Wave, buckets: tuple[str, str]) -> tuple[Store, Store]:
    """Return source and target of a pair of buckets. Raises ProblemsError."""
    found = []
    for site, bucket in zip((wave.from_, wave.to), buckets, strict=True):
        found.append(store(declaration, site, bucket, wave.endpoint if site == wave.to else None))
    return found[0], found[1]


def store(declaration: Declaration, site: str, bucket: str, endpoint: str | None) -> Store:
    """Return a bucket of a site. Raises ProblemsError."""
    ours = not isinstance(declaration.sites[site], AwsSite)
    try:
        found = reached.reached(site, bucket, reached.PATIENT, files=ours)
    except BotoCoreError as error:
        raise _problem(site, f"{error}; a site's store is reached by the AWS profile of its name: add it") from None
    except reached.NoCredentialsError as error:
        raise _problem(site, str(error)) from None
    meta = found.client.meta
    if wrong := misplaced(declaration, site, meta.region_name, meta.endpoint_url, endpoint):
        raise _problem(site, wrong)
    return found


def misplaced(declaration: Declaration, site: str, region: str, url: str, endpoint: str | None) -> str | None:
    """Return why an address is not the store of a site, None where it is. A sandbox's addresses are stand-ins'."""
    place = declaration.sites[site]
    if isinstance(place, AwsSite):
        if region != place.region:
            return f"the profile is of the region {region}, and the site lies in {place.region}; correct the profile"
        if not declaration.sandbox and url != f"https://s3.{place.region}.amazonaws.com":
            return f"the profile leads to {url}, which is not S3 in {place.region}; take 'endpoint_url' out of it"
    elif not declaration.sandbox and url != endpoint:
        return f"the profile leads to {url}, and the wave's endpoint is {endpoint}; correct one of them"
    return None


def _problem(site: str, words: str) -> ProblemsError:
    return ProblemsError([argument_problem(f"profile {site}", words)])
