"""Names that the clouds take, and words that mean something else here.

Sources: Elastic Load Balancing API, CreateLoadBalancer, CreateTargetGroup (32 letters, no ``internal-`` before them);
IAM quotas (64 letters of a role's name); Amazon S3 user guide, "General purpose bucket naming rules" (63 letters, no
``sthree-`` or ``amzn-s3-demo-`` before them); EC2 API, CreateSecurityGroup (no ``sg-`` before it); KMS API, CreateAlias
(``alias/aws/`` is AWS's own); Kubernetes documentation, "Using RBAC Authorization" (``system:`` is Kubernetes' own).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from components.declaration.model import AwsSite, KubernetesSite
from components.declaration.words import cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.declaration.found import Found
    from components.declaration.model import Declaration


MEANT_OTHERWISE: Final = {
    "internet": "means anybody outside",
    "person": "means people who come over the declared entries",
    "elsewhere": "means other private networks",
    "none": "means that there is none",
}
"""Words for ends of a connection, and for what a tag says of nothing."""
KEYS_SEGMENT: Final = "keys"


class Limit(NamedTuple):
    """What a cloud takes as the name of one kind of thing."""

    what: str
    longest: int
    not_before: tuple[str, ...] = ()


BALANCER: Final = Limit("load balancer", 32, ("internal-",))
ROLE: Final = Limit("role", 64)
BUCKET: Final = Limit("bucket", 63, ("sthree-", "amzn-s3-demo-"))
GROUP: Final = Limit("security group", 255, ("sg-",))
ALIAS: Final = Limit("key's alias", 256, ("alias/aws/",))


def check_names(declaration: Declaration) -> Iterator[Found]:
    """Yield (path, message) for each name that means something else, or that a cloud would refuse."""
    for section, names in (
        ("segments", declaration.segments),
        ("sites", declaration.sites),
        ("data_classes", declaration.data_classes),
    ):
        for name in names:
            if name in MEANT_OTHERWISE:
                yield (section, name), f"'{name}' {MEANT_OTHERWISE[name]} wherever names are written; choose another"
    for section, names in (("segments", declaration.segments), ("sites", declaration.sites)):
        for name in names:
            if "to" in name.split("-"):
                yield (
                    (section, name),
                    f"'{name}' holds the word 'to', which joins the ends of a connection in names; choose another",
                )
    yield from _same(declaration)
    for name, site in declaration.sites.items():
        if isinstance(site, AwsSite):
            yield from _aws_site(declaration, name, site)
        elif isinstance(site, KubernetesSite):
            yield from _kubernetes_site(declaration, name, site)


def _same(declaration: Declaration) -> Iterator[Found]:
    """Yield each site whose resources would have the names of another's: dub-app's store and dub's app-store."""
    for section, names in (
        ("segments", declaration.segments),
        ("gateways", declaration.gateways),
        ("keys", declaration.keys),
    ):
        owners: dict[str, str] = {}
        for site in declaration.sites:
            for name in names:
                first = owners.setdefault(f"{site}-{name}", site)
                if first != site:
                    message = f"its '{site}-{name}' ({section}) would be called as one of site '{first}'; rename one"
                    yield ("sites", site), message


def _aws_site(declaration: Declaration, name: str, site: AwsSite) -> Iterator[Found]:
    enclave, gateways = declaration.enclave, declaration.gateways
    made = [
        *((BALANCER, f"{name}-{gateway}") for gateway in gateways),
        *((ROLE, f"{enclave}-{name}-{gateway}-gateway") for gateway in gateways),
        *((BUCKET, f"{enclave}-{name}-{purpose}-{site.account}") for purpose in ("store", "logs")),
        *((GROUP, f"{name}-{segment}") for segment in declaration.segments),
        *((ALIAS, f"alias/{enclave}/{name}/{purpose}") for purpose in declaration.keys),
    ]
    for limit, called in made:
        words = f"site '{name}' would have a {limit.what} called '{cut(called)}'"
        if len(called) > limit.longest:
            long = f"of {len(called)} letters, and AWS takes {limit.longest}; shorten a name that it is made of"
            yield ("sites", name), f"{words} {long}"
        for start in limit.not_before:
            if called.startswith(start):
                yield ("sites", name), f"{words}, and AWS keeps names that begin with '{start}'; choose other names"


def _kubernetes_site(declaration: Declaration, name: str, site: KubernetesSite) -> Iterator[Found]:
    if KEYS_SEGMENT not in declaration.segments:
        message = f"keeps its keys in a segment '{KEYS_SEGMENT}', which is not declared; declare it under 'segments'"
        yield ("sites", name), message
    for index, group in enumerate(site.operators):
        if group.startswith("system:"):
            message = f"'{cut(group)}' is a group of Kubernetes itself (system:); name one of your own"
            yield ("sites", name, "operators", index), message
