"""Stand-in for the inspector's receiver: it lets pods in by their token, and takes objects for the stand-in of S3.

`python -m sandbox.gateways.receiver …` serves until it is ended. It checks the token as a receiver would: the cluster's
signature, for whom it is, when it ends, and that it is a shipper's. What it then gives lets one pod add objects below
``records/``, and nothing else: no reading, no deleting, no other pod's folder. It does not check the signature of a
request (SigV4), only the session that was given; nothing of it is for anywhere but a sandbox.
"""

from __future__ import annotations

import argparse
import re
import secrets
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from hosts.gateway.receiver import REGION
from hosts.gateway.receiver import ROLE as SHIPPER_ROLE
from hosts.gateway.shipping import RECORDS
from hosts.gateway.starting import SHIPPER_ACCOUNT
from hosts.watch.scheduled import ROLE as WATCH_ROLE
from hosts.watch.starting import ACCOUNT as WATCH_ACCOUNT
from hosts.watch.starting import APPROVED, RUNS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from io import BufferedIOBase

KEPT_DAYS: Final = 1
"""Days that the stand-in's lock holds an object: a sandbox goes sooner."""
LASTS: Final = timedelta(minutes=15)
LARGEST: Final = 64 << 20
"""Bytes of one object."""
LINE: Final = 1 << 12
ACCOUNT: Final = re.compile(rf"system:serviceaccount:[a-z0-9-]+:({SHIPPER_ACCOUNT}|{WATCH_ACCOUNT})")
ROLES: Final = {SHIPPER_ACCOUNT: SHIPPER_ROLE, WATCH_ACCOUNT: WATCH_ROLE}
"""Account of a pod → the role that it may ask for."""
XML: Final = "http://sts.amazonaws.com/doc/2011-06-15/"


@dataclass
class Door:
    """Who is let in: ``key`` verifies the cluster's tokens, ``audience`` is whom they are for."""

    key: ECKey
    audience: str
    sessions: dict[str, tuple[str, str, datetime]] = field(default_factory=dict)
    """A session's token → the role, the pod, and when it ends."""

    def pod_of(self, token: str, role: str, now: datetime) -> str | None:
        """Return the pod that a token is of, None where it lets nobody into a role."""
        try:
            said = jwt.decode(token, self.key, algorithms=["ES256"]).claims
        except (JoseError, ValueError):
            return None
        pod = said.get("kubernetes.io", {}).get("pod", {}).get("name")
        account = ACCOUNT.fullmatch(str(said.get("sub")))
        good = (
            self.audience in said.get("aud", ())
            and said.get("nbf", 0) <= now.timestamp() < said.get("exp", 0)
            and account is not None
            and ROLES[account[1]] == role
        )
        return str(pod) if good and pod else None

    def opened(self, role: str, pod: str, now: datetime) -> dict[str, str]:
        """Return credentials for a pod in a role."""
        session, until = secrets.token_urlsafe(32), now + LASTS
        self.sessions[session] = role, pod, until
        return {
            "AccessKeyId": "SANDBOX" + secrets.token_hex(6).upper(),
            "SecretAccessKey": secrets.token_urlsafe(30),
            "SessionToken": session,
            "Expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def lets(self, session: str | None, method: str, key: str, now: datetime) -> bool:
        """Return whether a session may do this, and nothing else.

        A shipper adds objects to its own pod's folder; a watch adds its own run, and reads what was approved.
        """
        role, pod, until = self.sessions.get(session or "", ("", "", now))
        parts = key.split("/")
        if role == WATCH_ROLE:
            own = method == "PUT" and parts[0] == RUNS and parts[2:] == [f"{pod}.json"]
            return now < until and (own or (method == "GET" and parts[0] == APPROVED))
        return method == "PUT" and now < until and len(parts) > 3 and parts[0] == RECORDS and parts[2] == pod  # noqa: PLR2004


def store(endpoint: str) -> Any:
    """Return a client of the stand-in of S3."""
    return boto3.client(
        "s3",
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id="sandbox",
        aws_secret_access_key="sandbox",  # noqa: S106  moto takes any
        config=Config(s3={"addressing_style": "path"}),
    )


def keep(endpoint: str, bucket: str, key: str, text: str) -> None:
    """Put a document into a receiver's store, as the inspector does. Raises BotoCoreError and ClientError."""
    s3 = store(endpoint)
    prepare(s3, bucket)
    s3.put_object(Bucket=bucket, Key=key, Body=text.encode(), ChecksumAlgorithm="SHA256")


def prepare(s3: Any, bucket: str) -> None:
    """Make the bucket as an inspector would: every version stays, under a lock."""
    if bucket in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
        return  # of an earlier start, with what it holds
    s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": KEPT_DAYS}}
    s3.put_object_lock_configuration(
        Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )


class Handler(BaseHTTPRequestHandler):
    """Answers one request; a server's own class has its door and its store."""

    door: Door
    s3: Any
    bucket: str
    alerts: Path
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Let a pod in by its token; at any other address, take an alert."""
        if urlsplit(self.path).path != "/":
            with self.alerts.open("ab") as spool:
                spool.write(self._body().replace(b"\n", b" ") + b"\n")
            self._say(200, "")
            return
        asked = parse_qs(self._body().decode(errors="replace"))
        now, token = datetime.now(UTC), asked.get("WebIdentityToken", [""])[0]
        role = asked.get("RoleArn", [""])[0]
        pod = self.door.pod_of(token, role, now) if asked.get("Action") == ["AssumeRoleWithWebIdentity"] else None
        if pod is None:
            self._say(403, _error("AccessDenied", "this token is for nobody whom the receiver knows"))
            return
        given = "".join(f"<{name}>{value}</{name}>" for name, value in self.door.opened(role, pod, now).items())
        what = "AssumeRoleWithWebIdentity"
        inner = f"<{what}Result><Credentials>{given}</Credentials></{what}Result>"
        self._say(200, f'<{what}Response xmlns="{XML}">{inner}</{what}Response>')

    def do_PUT(self) -> None:
        """Take an object of a pod that was let in."""
        body = self._body()
        named, _, key = urlsplit(self.path).path.lstrip("/").partition("/")
        session = self.headers.get("x-amz-security-token")
        if (
            named != self.bucket
            or urlsplit(self.path).query
            or not self.door.lets(session, "PUT", key, datetime.now(UTC))
        ):
            self._refuse()
            return
        try:
            prepare(self.s3, self.bucket)  # a moto that was restarted has forgotten it
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, ChecksumAlgorithm="SHA256")
        except (BotoCoreError, ClientError) as error:
            self._say(503, _error("ServiceUnavailable", type(error).__name__))
            return
        self._say(200, "")

    def do_DELETE(self) -> None:
        """Refuse whatever is more than adding."""
        self._body()
        self._refuse()

    do_HEAD = do_DELETE  # noqa: N815

    def do_GET(self) -> None:
        """Give what was approved to a watch."""
        named, _, key = urlsplit(self.path).path.lstrip("/").partition("/")
        session = self.headers.get("x-amz-security-token")
        if named != self.bucket or not self.door.lets(session, "GET", key, datetime.now(UTC)):
            self._refuse()
            return
        try:
            data = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except (BotoCoreError, ClientError):
            self._say(404, _error("NoSuchKey", "there is no such object"))
            return
        self._say(200, data)

    def _refuse(self) -> None:
        self._say(403, _error("AccessDenied", "who ships adds objects to its own folder, and nothing else"))

    def _body(self) -> bytes:
        if "chunked" in (self.headers.get("transfer-encoding") or ""):
            body = unchunked(self.rfile)
        else:
            body = self.rfile.read(min(int(self.headers.get("content-length") or 0), LARGEST))
        return unchunked(BytesIO(body)) if "aws-chunked" in (self.headers.get("content-encoding") or "") else body

    def _say(self, status: int, text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        self.send_response(status)
        self.send_header("content-type", "text/xml")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing: a log of each object would grow for ever."""


def unchunked(stream: BufferedIOBase) -> bytes:
    """Return what chunks hold, HTTP's or AWS's in them (RFC 9112, 7.1; Amazon S3 API, "aws-chunked")."""
    found = b""
    while size := int(stream.readline(LINE).split(b";")[0] or b"0", 16):
        found += stream.read(min(size, LARGEST))
        stream.readline(LINE)
    while stream.readline(LINE).strip():  # a checksum, which is nobody's signature
        pass
    return found


def _error(code: str, message: str) -> str:
    return f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"


def key_in(file: Path) -> ECKey:
    """Return the public key by which a cluster's tokens are verified."""
    return ECKey.import_key(file.read_bytes())


def server(options: Mapping[str, str]) -> ThreadingHTTPServer:
    """Return the server, which listens already."""
    s3 = store(options["store"])
    prepare(s3, options["bucket"])
    door = Door(key_in(Path(options["cluster_key"])), options["audience"])
    own = type(
        "Own", (Handler,), {"door": door, "s3": s3, "bucket": options["bucket"], "alerts": Path(options["alerts"])}
    )
    made = ThreadingHTTPServer(("127.0.0.1", int(options["port"])), own)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(options["tls"]).with_suffix(".pem"), Path(options["tls"]).with_suffix(".key"))
    made.socket = context.wrap_socket(made.socket, server_side=True)
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("port", "tls", "cluster-key", "audience", "store", "bucket", "alerts"):
        parser.add_argument(f"--{name}", required=True)
    server(vars(parser.parse_args())).serve_forever()
