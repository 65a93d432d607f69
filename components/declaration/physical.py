"""What the things that a declaration builds are called in the clouds, and within which bounds no two share a name.

Every name carries the enclave's, so that several enclaves stand beside each other. ``names: short`` keeps the names of
before (ADR 26): without the enclave for hosts, balancers, namespaces and admission policies.

Sources: Elastic Load Balancing API, CreateLoadBalancer, CreateTargetGroup (32 letters, no ``internal-`` before them);
IAM quotas (64 letters of a role's name); Amazon S3 user guide, "General purpose bucket naming rules" (63 letters, no
``sthree-`` or ``amzn-s3-demo-`` before them); EC2 API, CreateSecurityGroup (no ``sg-`` before it); KMS API, CreateAlias
(``alias/aws/`` is AWS's own); CloudWatch Logs API, CreateLogGroup (512 letters); CloudTrail API, CreateTrail (128).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple

from components.declaration import forms
from components.declaration.model import AwsSite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.declaration.found import Keys
    from components.declaration.model import Declaration, KubernetesSite, WaveReplication


class Limit(NamedTuple):
    """What a cloud takes as the name of one kind of thing."""

    what: str
    longest: int
    not_before: tuple[str, ...] = ()


BALANCER: Final = Limit("load balancer", 32, ("internal-",))
ROLE: Final = Limit("role", 64)
BUCKET: Final = Limit("bucket", 63, forms.RESERVED_BEGINNINGS)
LOG_GROUP: Final = Limit("log group", 512)
GROUP: Final = Limit("security group", 255, ("sg-",))
TRAIL: Final = Limit("trail", 128)
ALIAS: Final = Limit("key's alias", 256, ("alias/aws/",))
SERVICE_CONTROL: Final = Limit("set of service control policies", 128)
NAMESPACE: Final = Limit("namespace", 63)
CLUSTER_ROLE: Final = Limit("cluster role", 253)
RESOLVER: Final = Limit("network policy of the resolver", 253)
ADMISSION: Final = Limit("set of admission policies", 253)

DIGEST: Final = 6
"""Hexadecimal digits that tell shortened names apart."""
INSPECTION: Final = "inspection"
"""What the inspector's key, bucket and trail are called on a site."""
CONFIG: Final = "config"
"""What the bucket of a site's bundles is called."""
STORE: Final = "store"
"""What the bucket of a site's data is called, and its key."""
BUCKETS: Final = (STORE, "logs", CONFIG)


class Physical(NamedTuple):
    """The name of one thing: ``within`` are the bounds in which a cloud gives it once, ``at`` who it belongs to."""

    limit: Limit
    name: str
    within: tuple[str, ...]
    at: Keys


def carrying_enclave(declaration: Declaration, name: str) -> str:
    """Return a name with the enclave's before it, or as it is where the declaration keeps the names of before."""
    return name if declaration.names == "short" else f"{declaration.enclave}-{name}"


def gateway_name(declaration: Declaration, site: str, gateway: str) -> str:
    """Return what the balancer, target group, launch template and hosts of a gateway are called.

    Where that is longer than a balancer's name may be, its end gives way to a digest of it, which stays the same.
    """
    name = carrying_enclave(declaration, f"{site}-{gateway}")
    if declaration.names == "short" or len(name) <= BALANCER.longest:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:DIGEST]
    return f"{name[: BALANCER.longest - DIGEST - 1].rstrip('-')}-{digest}"


def gateway_role(declaration: Declaration, site: str, gateway: str) -> str:
    """Return what the role of a gateway's hosts is called."""
    return f"{declaration.enclave}-{site}-{gateway}-gateway"


def flow_log_role(declaration: Declaration, site: str) -> str:
    """Return what the role is called by which a site's flow logs are written."""
    return f"{declaration.enclave}-{site}-flow-logs"


def inspector_role(declaration: Declaration, site: str) -> str:
    """Return what the role is called that the inspector assumes on a site."""
    return f"{declaration.enclave}-{site}-inspector"


def inspector_keeper_role(declaration: Declaration, site: str) -> str:
    """Return what the role is called by which the inspector keeps the key of its copy; it reads nothing."""
    return f"{declaration.enclave}-{site}-inspector-keeper"


def inspector_watch_role(declaration: Declaration, site: str) -> str:
    """Return what the role is called by which the inspector's program looks at a site, by a schedule."""
    return f"{declaration.enclave}-{site}-watch"


def trail_name(declaration: Declaration, site: str) -> str:
    """Return what the trail is called that fills the inspector's copy of the record."""
    return f"{declaration.enclave}-{site}-{INSPECTION}"


def replicated_from(declaration: Declaration, site: str) -> dict[str, WaveReplication]:
    """Return the waves that S3 brings in from a site's own store, by name: what that needs there is built there."""
    place = declaration.sites.get(site)
    if not isinstance(place, AwsSite) or not place.provisioned:
        return {}
    own = bucket_name(declaration, site, place.account, STORE)
    return {
        name: wave.replication
        for name, wave in declaration.waves.items()
        if wave.replication is not None and wave.from_ == site and list(wave.buckets) == [own]
    }


def bucket_name(declaration: Declaration, site: str, account: str, purpose: str) -> str:
    """Return the name of a site's bucket for one purpose."""
    return f"{declaration.enclave}-{site}-{purpose}-{account}"


def bundle_key(gateway: str, digest: str) -> str:
    """Return where a gateway's bundle lies in its site's bucket."""
    return f"{bundle_prefix(gateway)}{digest}.json"


def bundle_prefix(gateway: str) -> str:
    """Return what the keys of a gateway's bundles begin with."""
    return f"gateways/{gateway}/"


def log_group_name(declaration: Declaration, site: str) -> str:
    """Return the name of a site's log group."""
    return f"/enclave/{declaration.enclave}/{site}"


def key_alias(declaration: Declaration, site: str, purpose: str) -> str:
    """Return the alias of a site's key for one purpose."""
    return f"alias/{declaration.enclave}/{site}/{purpose}"


def service_control_name(declaration: Declaration, policy: str) -> str:
    """Return what a policy is called in the organization."""
    return f"{declaration.enclave}-{policy}"


def namespace_name(declaration: Declaration, segment: str) -> str:
    """Return the namespace of a segment."""
    return f"enclave-{carrying_enclave(declaration, segment)}"


def cluster_inspector_name(declaration: Declaration) -> str:
    """Return what the role and the binding are called by which the inspector looks at the cluster itself."""
    return f"enclave-{carrying_enclave(declaration, 'inspector')}"


def resolver_policy_name(declaration: Declaration) -> str:
    """Return what the policy is called that binds the cluster's own resolver."""
    return f"enclave-{carrying_enclave(declaration, 'resolver')}"


def admission_name(declaration: Declaration, policy: str) -> str:
    """Return what an admission policy and its binding are called in the cluster."""
    return carrying_enclave(declaration, policy)


def physical_names(declaration: Declaration) -> Iterator[Physical]:
    """Yield the names of all that a declaration builds, whether its sites are built already or not."""
    for name, site in declaration.sites.items():
        if isinstance(site, AwsSite):
            yield from _of_aws_site(declaration, name, site)
        else:
            yield from _of_kubernetes_site(declaration, name, site)
    if (organization := organization_of(declaration)) is not None:
        within = ("organization", organization)
        yield Physical(SERVICE_CONTROL, service_control_name(declaration, "*"), within, ("enclave",))


def built(declaration: Declaration) -> Iterator[Physical]:
    """Yield the names of what has resources now: a site that is planned or retired has none."""
    for each in physical_names(declaration):
        if each.at[0] != "sites" or declaration.sites[str(each.at[1])].provisioned:
            yield each


def names_of_before(declaration: Declaration) -> frozenset[str]:
    """Return the names that only `short` gives to balancers and namespaces, for a declaration that does not say."""
    if declaration.names is not None:
        return frozenset()
    short = declaration.model_copy(update={"names": "short"})
    named = (each.name for each in physical_names(short) if each.limit in (BALANCER, NAMESPACE))
    return frozenset(named) - {each.name for each in physical_names(declaration)}


def organization_of(declaration: Declaration) -> str | None:
    """Return what tells the organization from others: its management account, or that it is a sandbox's."""
    if not any(isinstance(site, AwsSite) and site.provisioned for site in declaration.sites.values()):
        return None
    if declaration.sandbox:
        return "of the sandbox"
    return declaration.organization.account if declaration.organization else None


def cluster_of(name: str, site: KubernetesSite) -> str:
    """Return what tells a site's cluster from others: its certificate authority; in a sandbox the site's name."""
    return site.cluster.ca_sha256 if site.cluster else name


def _of_aws_site(declaration: Declaration, name: str, site: AwsSite) -> Iterator[Physical]:
    at = ("sites", name)
    account = ("account", site.account)
    here = (*account, site.region)
    for gateway in declaration.gateways:
        yield Physical(BALANCER, gateway_name(declaration, name, gateway), here, at)
        yield Physical(ROLE, gateway_role(declaration, name, gateway), account, at)
    yield Physical(ROLE, flow_log_role(declaration, name), account, at)
    for replication in replicated_from(declaration, name).values():
        yield Physical(ROLE, replication.role, account, at)
    for purpose in BUCKETS:
        yield Physical(BUCKET, bucket_name(declaration, name, site.account, purpose), ("S3",), at)
    if declaration.inspector is not None:
        yield Physical(ROLE, inspector_role(declaration, name), account, at)
        yield Physical(ROLE, inspector_keeper_role(declaration, name), account, at)
        if declaration.inspector.watch and declaration.inspector.watch.aws:
            yield Physical(ROLE, inspector_watch_role(declaration, name), account, at)
        yield Physical(TRAIL, trail_name(declaration, name), here, at)
        yield Physical(BUCKET, bucket_name(declaration, name, site.account, INSPECTION), ("S3",), at)
        yield Physical(ALIAS, key_alias(declaration, name, INSPECTION), here, at)
    yield Physical(LOG_GROUP, log_group_name(declaration, name), here, at)
    for segment in declaration.segments:
        network = (*here, declaration.enclave, name)  # of the site's own VPC
        yield Physical(GROUP, f"{name}-{segment}", network, at)
    for purpose in declaration.keys:
        yield Physical(ALIAS, key_alias(declaration, name, purpose), here, at)


def _of_kubernetes_site(declaration: Declaration, name: str, site: KubernetesSite) -> Iterator[Physical]:
    at, cluster = ("sites", name), ("cluster", cluster_of(name, site))
    for segment in declaration.segments:
        yield Physical(NAMESPACE, namespace_name(declaration, segment), cluster, at)
    if declaration.inspector is not None:
        yield Physical(CLUSTER_ROLE, cluster_inspector_name(declaration), cluster, at)
    yield Physical(RESOLVER, resolver_policy_name(declaration), cluster, at)
    yield Physical(ADMISSION, admission_name(declaration, "*"), cluster, at)
