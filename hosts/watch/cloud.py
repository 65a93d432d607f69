"""What an AWS site runs of the gateways, and the rules of its network: read with a role that may only look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from hosts.gateway.bundle import digest_of
from hosts.gateway.packed import files_in
from hosts.gateway.user_data import settings_in
from hosts.watch.errors import WatchError
from hosts.watch.log_copy import PATIENT
from hosts.watch.rules import acl_rule, group_rule
from hosts.watch.seen import Host, Running, SeenSite, digest_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from hosts.watch.approved import Gateway, Site

AWS_OWN: Final = 32767
"""The number of the last entry of every network ACL, which nobody can change (Amazon VPC user guide)."""
ALIVE: Final = ("pending", "running")


class Account:
    """Whoever asks AWS: ``become`` returns other credentials than the shell's own, once they are needed."""

    def __init__(self, become: Callable[[], boto3.Session] | None = None) -> None:
        self._become = become
        self._session: Any = None  # any service's: stubs know each by its own type
        self._made: dict[tuple[str, str], Any] = {}

    def client(self, region: str, service: str) -> Any:
        """Return a client, the same one each time, as one takes a while to make.

        Raises BotoCoreError and ClientError where nobody lets it in.
        """
        if self._session is None:
            self._session = self._become() if self._become else boto3.Session()
        if (region, service) not in self._made:
            self._made[region, service] = self._session.client(service, region_name=region, config=PATIENT)
        return self._made[region, service]


def seen(site: Site, gateways: Sequence[Gateway], account: Account) -> SeenSite:
    """Return what runs on a site."""
    unread = []
    running: tuple[Running, ...] = ()
    rules: dict[str, str] = {}
    try:
        running = tuple(_gateways(site, gateways, account))
    except (BotoCoreError, ClientError, WatchError):
        unread.append("gateways")
    try:
        rules = dict(_rules(site, account))
    except (BotoCoreError, ClientError):
        unread.append("rules")
    return SeenSite(site.name, running, rules, unread=tuple(unread))


def _gateways(site: Site, gateways: Sequence[Gateway], account: Account) -> Iterator[Running]:
    """Yield each gateway's hosts, and what else runs in the site's network as a gateway that nobody declared."""
    places = {each.place: each.gateway for each in gateways}
    launched = _Launched(site, account)
    known: set[str] = set()
    asked = account.client(site.region, "autoscaling").get_paginator("describe_auto_scaling_groups")
    for page in asked.paginate(AutoScalingGroupNames=sorted(places)) if places else ():
        for group in page["AutoScalingGroups"]:
            hosts = [launched.host(each) for each in group["Instances"] if each["LifecycleState"] != "Terminated"]
            known |= {host.name for host in hosts}
            yield Running(places[group["AutoScalingGroupName"]], tuple(sorted(hosts, key=lambda host: host.name)))
    for instance in _instances(site, account):
        if instance not in known:
            yield Running(instance, (Host(instance, frozenset(), "", "", ready=True),))


def _instances(site: Site, account: Account) -> Iterator[str]:
    wanted = [
        {"Name": "vpc-id", "Values": [site.network]},
        {"Name": "instance-state-name", "Values": list(ALIVE)},
    ]
    for page in account.client(site.region, "ec2").get_paginator("describe_instances").paginate(Filters=wanted):
        for reservation in page["Reservations"]:
            yield from (each["InstanceId"] for each in reservation["Instances"])


class _Launched:
    """What instances were launched with; each version of a template is read once."""

    def __init__(self, site: Site, account: Account) -> None:
        self._ec2, self._s3 = account.client(site.region, "ec2"), account.client(site.region, "s3")
        self._settings: dict[tuple[str, str], Mapping[str, str]] = {}
        self._bundles: dict[str, str] = {}

    def host(self, instance: Mapping[str, Any]) -> Host:
        template = instance.get("LaunchTemplate") or {}
        said = self._of(str(template.get("LaunchTemplateId", "")), str(template.get("Version", "")))
        ready = instance["LifecycleState"] == "InService" and instance["HealthStatus"].upper() == "HEALTHY"
        images = frozenset({digest_in(said["ENCLAVE_IMAGE"])} if said.get("ENCLAVE_IMAGE") else ())
        bundle = self._bundle(said.get("ENCLAVE_BUNDLE", ""))
        return Host(instance["InstanceId"], images, said.get("ENCLAVE_BUNDLE_DIGEST", ""), bundle, ready)

    def _of(self, template: str, version: str) -> Mapping[str, str]:
        if not template:
            return {}
        if (template, version) not in self._settings:
            found = self._ec2.describe_launch_template_versions(LaunchTemplateId=template, Versions=[version])
            data = found["LaunchTemplateVersions"][0]["LaunchTemplateData"].get("UserData", "")
            self._settings[template, version] = settings_in(data)
        return self._settings[template, version]

    def _bundle(self, url: str) -> str:
        """Return the digest of the bundle at an address; "" where there is none."""
        if url not in self._bundles:
            bucket, _, key = urlsplit(url).path.lstrip("/").partition("/")
            self._bundles[url] = self._digest(bucket, key) if bucket and key else ""
        return self._bundles[url]

    def _digest(self, bucket: str, key: str) -> str:
        try:
            text = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
        except UnicodeDecodeError:
            return ""
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("NoSuchKey", "NoSuchBucket"):
                return ""
            raise
        files = files_in(text)
        return "" if files is None else digest_of(files)


def _rules(site: Site, account: Account) -> Iterator[tuple[str, str]]:
    ec2 = account.client(site.region, "ec2")
    own = [{"Name": "vpc-id", "Values": [site.network]}]
    groups = [
        group["GroupId"]
        for page in ec2.get_paginator("describe_security_groups").paginate(Filters=own)
        for group in page["SecurityGroups"]
    ]
    wanted = [{"Name": "group-id", "Values": groups}]
    for page in ec2.get_paginator("describe_security_group_rules").paginate(Filters=wanted) if groups else ():
        yield from (group_rule(rule) for rule in page["SecurityGroupRules"])
    for page in ec2.get_paginator("describe_network_acls").paginate(Filters=own):
        for acl in page["NetworkAcls"]:
            for entry in acl["Entries"]:
                if entry["RuleNumber"] != AWS_OWN:
                    yield acl_rule(acl["NetworkAclId"], entry)
