"""The watch of sites in AWS as a function of AWS Lambda, which a schedule calls: it looks once and leaves a run.

It stands in the inspector's account. It answers the runtime's interface itself, so its image needs no program of AWS's
(AWS Lambda developer guide, "Using the Lambda runtime API for custom runtimes").
"""

from __future__ import annotations

import json
import logging
import os
import sys
import urllib.request
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from hosts.gateway.bucket import Bucket
from hosts.key_file import KeyFileError, key_in
from hosts.watch.cloud import Account
from hosts.watch.errors import WatchError
from hosts.watch.log_copy import PATIENT
from hosts.watch.looking import Look
from hosts.watch.main import BAD_INPUT, line_of
from hosts.watch.schedule import Call, Surroundings, call_in, folder_of, surroundings_in
from hosts.watch.scheduled import Order, ran

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from hosts.watch.cluster import Cluster

API: Final = "AWS_LAMBDA_RUNTIME_API"
REGION: Final = "AWS_REGION"
ID: Final = "Lambda-Runtime-Aws-Request-Id"
LASTS: Final = 900
"""Seconds that a site's credentials last, the shortest that STS gives."""
_LOG = logging.getLogger(__name__)


class Folder:
    """A site's folder of the inspector's bucket: in it all is as in the receiver of a site of our own."""

    def __init__(self, bucket: Bucket, site: str) -> None:
        self._bucket, self._prefix = bucket, folder_of(site)

    def get(self, key: str, largest: int) -> bytes:
        """Return an object, ``largest`` bytes of it at most and one more. Raises OSError."""
        return self._bucket.get(f"{self._prefix}{key}", largest)

    def put(self, key: str, data: bytes) -> None:
        """Write an object. Raises OSError."""
        self._bucket.put(f"{self._prefix}{key}", data)


def main() -> int:
    """Look at each call until the function is ended; 2 with one message where it cannot begin."""
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING, stream=sys.stderr)
    try:
        found = surroundings_in(os.environ)
        api, region = os.environ[API], os.environ[REGION]
        key = own_key(found.secret, region)
    except KeyError as error:
        sys.stderr.write(f"enclave-watch: {error.args[0]} is not set; start it as a function of AWS Lambda\n")
        return BAD_INPUT
    except (WatchError, KeyFileError) as error:
        sys.stderr.write(f"enclave-watch: {error}\n")
        return BAD_INPUT
    while True:
        answer_next(api, lambda event: look(call_in(event), found, region, key))


def own_key(secret: str, region: str) -> Ed25519PrivateKey:
    """Return the key that signs, from a secret of the inspector's. Raises WatchError and KeyFileError."""
    try:
        client: Any = boto3.client("secretsmanager", region_name=region, config=PATIENT)
        text = str(client.get_secret_value(SecretId=secret)["SecretString"])
    except (BotoCoreError, ClientError, KeyError) as error:
        raise WatchError(f"the secret {secret} cannot be read ({type(error).__name__}); put the key there") from None
    return key_in(text.encode(), f"the secret {secret}")


def answer_next(api: str, handle: Callable[[Any], Any]) -> None:
    """Wait for one call and answer it; what goes wrong is told to whoever called."""
    with urllib.request.urlopen(f"http://{api}/2018-06-01/runtime/invocation/next") as asked:
        event, call = json.load(asked), asked.headers[ID]
    try:
        answer, path = handle(event), "response"
    except (WatchError, OSError) as error:
        _LOG.error("%s", error)
        answer, path = {"errorType": type(error).__name__, "errorMessage": str(error)}, "error"
    url = f"http://{api}/2018-06-01/runtime/invocation/{call}/{path}"
    told = urllib.request.Request(url, json.dumps(answer).encode())
    with urllib.request.urlopen(told):  # noqa: S310  as above
        pass


def look(call: Call, found: Surroundings, region: str, key: Ed25519PrivateKey) -> dict[str, Any]:
    """Look at a site once. Raises WatchError where nobody heard of it."""
    host = str(uuid4())
    order = Order(host, call.site, found.alerts, key, call.next)
    account = Account(lambda: become(call, host))
    differences, heard = ran(
        order, Folder(Bucket(found.bucket, region), call.site), lambda approved: Look(approved, _no_cluster, account)
    )
    for each in differences:
        sys.stdout.write(f"{line_of(each)}\n")
    sys.stdout.flush()
    if not heard:
        raise WatchError(f"run {host} of {call.site} was not heard")
    return {"site": call.site, "run": host, "differences": len(differences)}


def become(call: Call, host: str) -> boto3.Session:
    """Return the standing that a site gives the inspector's program. Raises BotoCoreError and ClientError."""
    sts: Any = boto3.client("sts", region_name=call.region, config=PATIENT)
    given = sts.assume_role(
        RoleArn=call.role, RoleSessionName=host, ExternalId=call.external_id, DurationSeconds=LASTS
    )["Credentials"]
    return boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def _no_cluster(site: str) -> Cluster:
    raise WatchError(f"'{site}' is a cluster, and watches itself")


if __name__ == "__main__":
    sys.exit(main())
