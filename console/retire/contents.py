"""What is in the protected resources of a site: objects of buckets, bytes of log groups, claims and secrets."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from console.gate.recover.aws_finding import GONE, Aws
from console.private_folder import private_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.clouds import ClusterAccess
    from console.site_state import Resource

IN_NAMESPACES: Final = "persistentvolumeclaims,secrets"
patience: Final = 30.0  # seconds that a cluster has to answer
UNKNOWN: Final = "nobody can tell from here what is in it"


def content(each: Resource, cluster: ClusterAccess | None, environment: Mapping[str, str]) -> str:
    """Return what is in a resource, as the end of a line; empty for what holds nothing by itself, such as a key."""
    if each.type.startswith("kubernetes:"):
        return _of_namespace(each, cluster, environment)
    look = {"aws:s3/bucket:Bucket": _of_bucket, "aws:cloudwatch/logGroup:LogGroup": _of_log_group}.get(each.type)
    if look is None:
        return ""
    try:
        return look(each, Aws.of(each.provider))
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return "it is not there any more" if code in GONE else f"{UNKNOWN} ({code})"
    except BotoCoreError as error:
        return f"{UNKNOWN} ({type(error).__name__})"


def _of_bucket(each: Resource, aws: Aws) -> str:
    page = next(iter(aws.pages("s3", "list_object_versions", {"Bucket": each.id})))
    found = len(page.get("Versions") or ()) + len(page.get("DeleteMarkers") or ())
    if not found:
        return "empty"
    more = " or more" if page.get("IsTruncated") else ""
    locked = f", {_locked(each, aws)}" if each.inputs.get("objectLockEnabled") else ""
    holds = f"holds {found:,}{more} versions of objects{locked}"
    return f"{holds}; it stays" if each.stays else f"{holds}: AWS deletes only an empty bucket, so empty it first"


def _locked(each: Resource, aws: Aws) -> str:
    """Return how long nobody can remove what is in a bucket under object lock."""
    found = next(iter(aws.pages("s3", "get_object_lock_configuration", {"Bucket": each.id})))
    days = int(found["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]["Days"])
    last = datetime.now(UTC).date() + timedelta(days=days)
    return f"each locked for {days} days after it was written, one of today until {last}"


def _of_log_group(each: Resource, aws: Aws) -> str:
    pages = aws.pages("logs", "describe_log_groups", {"logGroupNamePrefix": each.id})
    found = [group for page in pages for group in page["logGroups"] if group["logGroupName"] == each.id]
    return f"holds {found[0].get('storedBytes') or 0:,} bytes" if found else "it is not there any more"


def _of_namespace(each: Resource, cluster: ClusterAccess | None, environment: Mapping[str, str]) -> str:
    kubectl = shutil.which("kubectl", path=environment.get("PATH"))
    if cluster is None or kubectl is None:
        why = "its site is not declared any more" if cluster is None else "there is no `kubectl` on PATH"
        return f"{UNKNOWN}: {why}"
    with private_folder() as private:
        file = Path(private) / "kubeconfig"
        file.write_text(cluster.kubeconfig, encoding="utf-8")
        context = ("--context", cluster.context) if cluster.context else ()
        namespace = each.id.rpartition("/")[2]
        line = [kubectl, "--kubeconfig", str(file), *context, "-n", namespace, "get", IN_NAMESPACES, "-o", "name"]
        try:
            done = subprocess.run(
                line, env=dict(environment), capture_output=True, text=True, timeout=patience, check=False
            )
        except subprocess.TimeoutExpired:
            return f"{UNKNOWN}: the cluster does not answer"
    if done.returncode:
        return f"{UNKNOWN}: the cluster refuses to say"
    found = done.stdout.split()
    claims = sum(name.startswith("persistentvolumeclaim/") for name in found)
    return f"holds {claims} claims of volumes and {len(found) - claims} secrets" if found else "empty"
