"""Alerts reach an Alertmanager and a topic, signed, once while nothing changes, and again until they are taken."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hosts.gateway import dsse
from hosts.watch.alert import KIND
from hosts.watch.differences import Difference
from hosts.watch.errors import WatchError
from hosts.watch.routes import Alertmanager, Topic, route_of
from hosts.watch.watching import AGAIN, Signer, Teller
from tests.hosts.watch.receiver import receiver

if TYPE_CHECKING:
    from tests.sandbox.aws_plugin.local_aws import LocalAws

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()
SIGNER = Signer("watch", KEY)
ONE = Difference("hamar", "employees", "image-unapproved", "pod-1", "gateway@sha256:a", "shell@sha256:b")
OTHER = Difference("hamar", "", "rule-missing", "networkpolicy gateway/default", "deny", "nothing")


def opened(envelope: str) -> dict[str, Any]:
    """Return what an envelope says, which the watch's key must have signed."""
    found = dsse.opened(envelope.encode(), KIND)
    (signature,) = found.signatures.values()
    KEY.public_key().verify(bytes.fromhex(signature.signature), found.pae())
    said: dict[str, Any] = json.loads(found.payload)
    return said


def test_an_alertmanager_is_told_once_again_later_and_when_it_is_over() -> None:
    taken: list[tuple[str, Any]] = []
    with receiver(taken, [200]) as url:
        teller = Teller("europe", {url: route_of(url)}, SIGNER)
        for minutes, found in ((0, [ONE]), (1, [ONE]), (2, [ONE, OTHER]), (3, []), (4, [])):
            assert teller.tell(found, NOW + timedelta(minutes=minutes)) == []
    said = [(opened(body[0]["annotations"]["envelope"]), body[0]) for _, body in taken]
    assert [(each["subject"], each["state"]) for each, _ in said] == [
        ("pod-1", "begun"),
        ("networkpolicy gateway/default", "begun"),
        ("pod-1", "over"),
        ("networkpolicy gateway/default", "over"),
    ]
    assert {path for path, _ in taken} == {"/api/v2/alerts"}
    labels = said[0][1]["labels"]
    assert (labels["alertname"], labels["site"], labels["gateway"]) == ("image-unapproved", "hamar", "employees")
    assert said[2][1]["endsAt"] == (NOW + timedelta(minutes=3)).isoformat()
    assert said[2][0]["begun"] == NOW.isoformat(timespec="seconds")


def test_what_stays_is_told_again() -> None:
    taken: list[tuple[str, Any]] = []
    with receiver(taken, [200]) as url:
        teller = Teller("europe", {url: route_of(url)}, SIGNER)
        for after in (timedelta(), AGAIN - timedelta(seconds=1), AGAIN):
            teller.tell([ONE], NOW + after)
    assert len(taken) == 2


def test_a_difference_with_other_values_is_told_at_once() -> None:
    taken: list[tuple[str, Any]] = []
    changed = Difference(ONE.site, ONE.gateway, ONE.kind, ONE.subject, ONE.approved, "another@sha256:c")
    with receiver(taken, [200]) as url:
        teller = Teller("europe", {url: route_of(url)}, SIGNER)
        teller.tell([ONE], NOW)
        teller.tell([changed], NOW + timedelta(seconds=15))
    assert [body[0]["annotations"]["found"] for _, body in taken] == [ONE.found, changed.found]


def test_a_receiver_that_was_away_gets_what_it_missed_and_the_other_gets_it_once() -> None:
    near: list[tuple[str, Any]] = []
    far: list[tuple[str, Any]] = []
    status = [503]
    with receiver(near, [200]) as first, receiver(far, status) as second:
        teller = Teller("europe", {url: route_of(url) for url in (first, second)}, SIGNER)
        assert ["did not take" in each for each in teller.tell([ONE], NOW)] == [True]
        teller.tell([], NOW + timedelta(seconds=15))  # over before the second has heard of it
        status[0] = 200
        assert teller.tell([], NOW + timedelta(seconds=30)) == []
    assert (len(near), len(far)) == (2, 1)
    assert opened(far[0][1][0]["annotations"]["envelope"])["state"] == "over"


def test_a_topic_gets_the_envelope(aws: LocalAws) -> None:
    topic = aws.sns.create_topic(Name="inspector")["TopicArn"]
    queue = aws.sqs.create_queue(QueueName="inspector")["QueueUrl"]
    arn = aws.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    assert Teller("europe", {topic: route_of(f"sns:{topic}")}, SIGNER).tell([ONE], NOW) == []
    (message,) = aws.sqs.receive_message(QueueUrl=queue)["Messages"]
    said = json.loads(message["Body"])
    assert opened(said["Message"])["found"] == ONE.found
    assert said["Subject"].startswith("europe: employees on hamar: a host runs an image")


@pytest.mark.usefixtures("aws")
def test_a_topic_that_is_gone_is_told() -> None:
    arn = "arn:aws:sns:eu-west-1:123456789012:nobody"
    (told,) = Teller("europe", {arn: Topic(arn)}, SIGNER).tell([ONE], NOW)
    assert "did not take an alert" in told


@pytest.mark.parametrize(
    "address", ["", "ftp://a/b", "sns:", "sns:arn:aws:s3:::bucket", "http://", "file:///etc/passwd"]
)
def test_an_address_that_leads_nowhere_is_refused(address: str) -> None:
    with pytest.raises(WatchError):
        route_of(address)


def test_an_alertmanager_behind_a_path_keeps_it() -> None:
    assert Alertmanager("https://alerts.example/hooks/enclave")._url == "https://alerts.example/hooks/enclave"
