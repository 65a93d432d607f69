"""What was approved of a stack: by inspectors, by its declaration, and by what the last `up` left in the state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from components.declaration.connections import receivers_of, watches
from components.declaration.model import AwsSite
from components.declaration.physical import INSPECTION, bucket_name, gateway_name, inspector_watch_role, namespace_name
from components.kubernetes.receiver import receiver_url
from console.site_state import by_site
from console.watch.rules_of_state import by_type, rules_in
from hosts.gateway.receiver import REGION
from hosts.gateway.shipping import RECORDS
from hosts.watch.approved import AWS, KUBERNETES, Approved, Gateway, Site
from hosts.watch.schedule import folder_of
from hosts.watch.starting import WATCH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.declaration import Declaration
    from components.declaration.model import Gateway as Declared
    from hosts.watch.approved import Approval

    Approvals = Mapping[tuple[str, str], Sequence[Approval]]
    """The inspectors' approvals, by site and gateway."""

ROLE: Final = "aws:iam/role:Role"
VPC: Final = "aws:ec2/vpc:Vpc"
SERVING: Final = frozenset({"testing", "live", "draining"})
"""Stages of a site in which its gateways take requests, and so have a record."""
CRON_JOB: Final = "kubernetes:batch/v1:CronJob"
NAMESPACE: Final = "kubernetes:core/v1:Namespace"


def approved_of(
    declaration: Declaration, deployment: Mapping[str, Any], approvals: Approvals, keys: Mapping[tuple[str, str], str]
) -> Approved:
    """Return what was approved of the sites that hold something, as far as ``deployment`` (the state) has them.

    ``keys`` are the public keys of gateways' checkpoints (base64), by site and gateway, and of watches (`WATCH`).
    """
    entries = {name: by_type(found) for name, found in by_site(deployment).items() if name in declaration.sites}
    return Approved(
        declaration.enclave,
        tuple(_site(declaration, name, found, keys) for name, found in sorted(entries.items())),
        tuple(
            Gateway(
                name,
                gateway,
                _place(declaration, name, gateway, declared),
                declared.replicas,
                tuple(approvals.get((name, gateway), ())),
                keys.get((name, gateway), ""),
            )
            for name in sorted(entries)
            for gateway, declared in declaration.gateways.items()
        ),
    )


def _site(
    declaration: Declaration,
    name: str,
    entries: Mapping[str, Sequence[Mapping[str, Any]]],
    keys: Mapping[tuple[str, str], str],
) -> Site:
    site = declaration.sites[name]
    rules = rules_in(entries)
    if isinstance(site, AwsSite):
        network = next((each["id"] for each in entries.get(VPC, ())), "")
        if declaration.inspector is None or site.lifecycle not in SERVING:
            return Site(name, AWS, site.region, network, rules=rules)
        copy = bucket_name(declaration, name, site.account, INSPECTION)
        found = Site(name, AWS, site.region, network, (), rules, copy, RECORDS, site.region)
        return _with_schedule(declaration, found, entries, keys.get((name, WATCH), ""))
    namespaces = tuple(sorted(each["outputs"]["metadata"]["name"] for each in entries.get(NAMESPACE, ())))
    receiver = receivers_of(declaration).get(name)
    if receiver is None or site.lifecycle not in SERVING:
        return Site(name, KUBERNETES, namespaces=namespaces, rules=rules)
    # A sandbox's receiver keeps what it takes in the stand-in for S3, where this shell looks anyway.
    endpoint = "" if declaration.sandbox else "/".join(receiver_url(receiver).split("/")[:3])
    watch = declaration.inspector.watch if declaration.inspector and name in watches(declaration) else None
    made: Mapping[str, Any] = next((each["outputs"]["metadata"] for each in entries.get(CRON_JOB, ()) if watch), {})
    return Site(
        name,
        KUBERNETES,
        namespaces=namespaces,
        rules=rules,
        record_bucket=receiver.bucket,
        record_prefix=RECORDS,
        record_region=REGION,
        record_endpoint=endpoint,
        watch_seconds=60 * watch.minutes if watch else 0,
        watch_since=str(made.get("creationTimestamp", "")),
        watch_key=keys.get((name, WATCH), ""),
    )


def _with_schedule(
    declaration: Declaration, site: Site, entries: Mapping[str, Sequence[Mapping[str, Any]]], key: str
) -> Site:
    """Return a site with what its watch by a schedule leaves, once its role is there."""
    watch = declaration.inspector.watch if declaration.inspector else None
    role = inspector_watch_role(declaration, site.name)
    made = next((each["outputs"] for each in entries.get(ROLE, ()) if each["outputs"].get("name") == role), None)
    if watch is None or watch.aws is None or made is None or declaration.sandbox:
        return site  # in a sandbox nothing calls the function
    return replace(
        site,
        watch_seconds=60 * watch.minutes,
        watch_since=str(made.get("createDate", "")),
        watch_key=key,
        watch_bucket=watch.aws.bucket,
        watch_region=watch.aws.region,
        watch_prefix=folder_of(site.name),
    )


def _place(declaration: Declaration, site: str, gateway: str, declared: Declared) -> str:
    if isinstance(declaration.sites[site], AwsSite):
        return gateway_name(declaration, site, gateway)
    return namespace_name(declaration, declared.segment)
