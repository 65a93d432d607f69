"""The function that a schedule calls becomes the site's role, looks, tells and leaves a run, with its rights alone.

moto judges each question by the policy that the program plans for the site's role. What the function itself may, it
does not judge: both accounts are one there, and it tells no resources apart.
"""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from components.aws.schedule_policies import program_policy, secret_name
from components.aws.watch_policies import watch_policy, watch_trust
from components.declaration import AwsSite, load_declaration
from components.declaration.watching import WatchDeclaration
from components.site import SitePlan
from hosts.watch.approved import AWS, Approved, Site, as_text
from hosts.watch.by_schedule import answer_next, look, own_key
from hosts.watch.cloud import Account, seen
from hosts.watch.differences import Limits, differences
from hosts.watch.errors import WatchError
from hosts.watch.log_copy import last_run
from hosts.watch.schedule import Call, Surroundings, call_in, surroundings_in
from hosts.watch.seen import SeenSite
from sandbox.services.moto import ACCOUNT
from sandbox.services.ports import LOOPBACK
from tests.hosts.watch.receiver import receiver

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hosts.watch.approved import Gateway
    from tests.sandbox.aws_plugin.local_aws import LocalAws

STACKS = Path(__file__).parents[3] / "stacks"
REGION = "eu-west-1"
INSPECTORS = "444455556666"
KEY = Ed25519PrivateKey.generate()
PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _own() -> WatchDeclaration:
    declaration = load_declaration(STACKS / "inspector.yaml")
    assert isinstance(declaration, WatchDeclaration)
    return declaration


OWN = _own()
BUCKET = OWN.schedule.bucket
ROLE = OWN.schedule.sites["dublin-1"].role
CALL = Call("dublin-1", REGION, ROLE, OWN.schedule.external_id, 60)


class Place:
    """moto with the inspector's account and a site's; ``alerts`` gets what is told."""

    def __init__(self, aws: LocalAws, alerts: list[tuple[str, Any]], url: str) -> None:
        self.aws, self.alerts = aws, alerts
        self.found = Surroundings(BUCKET, url, secret_name(OWN))
        self.vpc = aws.ec2.create_vpc(CidrBlock="10.16.0.0/16")["Vpc"]["VpcId"]
        self.group = aws.ec2.create_security_group(GroupName="app", Description="x", VpcId=self.vpc)["GroupId"]

    def site(self) -> Site:
        """Return the site as it is now, as if it had been approved so."""
        bare = Site("dublin-1", AWS, REGION, self.vpc)
        return replace(bare, rules=seen(bare, (), Account()).rules)

    def approve(self) -> None:
        """Put the document where the inspector does."""
        text = as_text(Approved("europe", (self.site(),), ()))
        self.aws.s3.put_object(Bucket=BUCKET, Key="dublin-1/approved/dublin-1.json", Body=text.encode())

    def look(self, call: Call = CALL) -> dict[str, Any]:
        """Look once, as the program."""
        return look(call, self.found, REGION, own_key(self.found.secret, REGION))

    def seen(self, site: Site, gateways: Sequence[Gateway], account: Account) -> SeenSite:
        """Look at the site with the rights of its role alone."""
        account.client(REGION, "ec2")  # becomes the role
        self.judged(on=True)
        try:
            return seen(site, gateways, account)
        finally:
            self.judged(on=False)

    def judged(self, *, on: bool) -> None:
        """Let moto judge each call by who makes it, or none."""
        connection = HTTPConnection(LOOPBACK, self.aws.port, timeout=30)
        connection.request("POST", "/moto-api/reset-auth", body="0" if on else "inf")
        assert connection.getresponse().status == 200
        connection.close()

    def runs(self) -> list[str]:
        """Return the keys of the runs."""
        return [
            each["Key"]
            for each in self.aws.s3.list_objects_v2(Bucket=BUCKET, Prefix="dublin-1/watch/").get("Contents", ())
        ]


def site_policy() -> str:
    """Return the policy of the site's role, as the program plans it."""
    declaration = load_declaration(STACKS / "local.yaml")
    site = declaration.sites["dublin-1"]
    assert isinstance(site, AwsSite)
    return json.dumps(watch_policy(SitePlan("dublin-1", site, declaration)))


@pytest.fixture
def place(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    aws.forget()
    rights = program_policy(OWN, f"arn:aws:logs:{REGION}:{INSPECTORS}:log-group:x")
    nobody = json.dumps({"Version": "2012-10-17", "Statement": []})
    aws.iam.create_role(RoleName=OWN.schedule.role, AssumeRolePolicyDocument=nobody)
    aws.iam.put_role_policy(RoleName=OWN.schedule.role, PolicyName="own", PolicyDocument=rights)
    aws.secretsmanager.create_secret(Name=secret_name(OWN), SecretString=PEM)
    aws.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    aws.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    role = f"arn:aws:iam::{ACCOUNT}:role/{OWN.schedule.role}"
    given = aws.sts.assume_role(RoleArn=role, RoleSessionName="function")["Credentials"]
    trust = json.dumps(watch_trust(f"arn:aws:iam::{INSPECTORS}:role/{OWN.schedule.role}", OWN.schedule.external_id))
    aws.iam.create_role(RoleName="europe-dublin-1-watch", AssumeRolePolicyDocument=trust)
    aws.iam.put_role_policy(RoleName="europe-dublin-1-watch", PolicyName="looks", PolicyDocument=site_policy())
    alerts: list[tuple[str, Any]] = []
    with receiver(alerts, [200]) as url:
        made = Place(aws, alerts, url)
        made.approve()
        monkeypatch.setattr("hosts.watch.cloud.seen", made.seen)
        names = {"AWS_ACCESS_KEY_ID": "AccessKeyId", "AWS_SECRET_ACCESS_KEY": "SecretAccessKey"}
        for name, part in {**names, "AWS_SESSION_TOKEN": "SessionToken"}.items():
            monkeypatch.setenv(name, given[part])
        yield made


def test_a_site_as_approved_is_looked_at_and_the_run_is_heard_of(place: Place) -> None:
    assert place.look()["differences"] == 0
    (key,) = place.runs()
    assert place.alerts == []
    site = replace(place.site(), watch_seconds=60, watch_key=PUBLIC, watch_bucket=BUCKET, watch_prefix="dublin-1/")
    heard = last_run(site, datetime.now(UTC))
    assert heard is not None
    assert (heard.found, heard.wrong, key.split("/")[:2]) == (0, "", ["dublin-1", "watch"])
    late = Limits(heard.taken + timedelta(minutes=4), timedelta(minutes=3))
    told = differences(Approved("europe", (site,), ()), [SeenSite("dublin-1", rules=site.rules, last_run=heard)], late)
    assert [each.kind for each in told] == ["watch-late"]


def test_a_rule_that_nobody_declared_is_told_to_the_inspector(place: Place) -> None:
    opened = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    place.aws.ec2.authorize_security_group_ingress(GroupId=place.group, IpPermissions=[opened])
    assert place.look()["differences"] == 1
    assert [body[0]["labels"]["alertname"] for _, body in place.alerts] == ["rule-unknown"]


def test_a_site_whose_role_shows_too_little_is_told_of(place: Place) -> None:
    less = json.loads(site_policy())
    less["Statement"][0]["Action"].remove("ec2:DescribeSecurityGroupRules")
    place.aws.iam.put_role_policy(RoleName="europe-dublin-1-watch", PolicyName="looks", PolicyDocument=json.dumps(less))
    place.look()
    assert {body[0]["labels"]["alertname"] for _, body in place.alerts} == {"site-unread"}
    assert len(place.runs()) == 1


def test_a_site_without_a_document_is_told_of_and_leaves_a_run(place: Place) -> None:
    place.aws.s3.delete_object(Bucket=BUCKET, Key="dublin-1/approved/dublin-1.json")
    place.look()
    assert [body[0]["labels"]["alertname"] for _, body in place.alerts] == ["site-unread"]
    assert len(place.runs()) == 1


def test_a_run_that_nobody_hears_of_fails(place: Place) -> None:
    place.found = replace(place.found, bucket="somebody-elses")
    with pytest.raises(WatchError, match="was not heard"):
        place.look()


@pytest.mark.parametrize(
    ("event", "answer", "path"),
    [
        (json.loads(CALL.text), {"site": "dublin-1"}, "response"),
        ({"site": "dublin-1"}, "WatchError", "error"),
        ({**json.loads(CALL.text), "more": 1}, "WatchError", "error"),
        ({**json.loads(CALL.text), "next": "60"}, "WatchError", "error"),
        ([], "WatchError", "error"),
    ],
)
def test_each_call_gets_its_answer(event: Any, answer: Any, path: str) -> None:
    told: list[tuple[str, Any]] = []

    class Runtime(BaseHTTPRequestHandler):
        """A stand-in for Lambda's runtime interface."""

        def do_GET(self) -> None:
            data = json.dumps(event).encode()
            self.send_response(200)
            self.send_header("Lambda-Runtime-Aws-Request-Id", "call-1")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_POST(self) -> None:
            told.append((self.path, json.loads(self.rfile.read(int(self.headers["content-length"])))))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer((LOOPBACK, 0), Runtime)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    answer_next(f"{LOOPBACK}:{server.server_port}", lambda event: {"site": call_in(event).site})
    server.shutdown()
    server.server_close()
    thread.join()
    ((url, said),) = told
    assert url == f"/2018-06-01/runtime/invocation/call-1/{path}"
    assert (said if path == "response" else said["errorType"]) == answer


def test_a_function_that_lacks_its_surroundings_says_which() -> None:
    found = Surroundings("b", "https://a.example", "s")
    assert surroundings_in(found.variables) == found
    with pytest.raises(WatchError, match="ENCLAVE_WATCH_KEY is not set"):
        surroundings_in({**found.variables, "ENCLAVE_WATCH_KEY": ""})
