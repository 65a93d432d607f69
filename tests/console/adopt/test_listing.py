"""A list that is denied, cut, or of another account is no list: what it lacks is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from components.declaration import load_declaration
from components.declaration.model import AwsSite
from console.adopt import aws as listing
from console.gate.recover import aws_finding
from console.gate.recover.aws_finding import Aws, CutError, Finder

SITE = load_declaration(Path(__file__).parents[3] / "stacks" / "local.yaml").sites["dublin-1"]
PROVIDER = {"region": "eu-west-1"}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Stubber]:
    """Real clients, each of which gives the answers that a test puts there and asks nobody."""
    make: Any = boto3.client
    own = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "eu-west-1"}
    clients = {service: make(service, **own) for service in ("sts", "s3", "kms", "ec2")}
    monkeypatch.setattr(aws_finding, "_client", lambda service, *_: clients[service])
    stubs = {service: Stubber(client) for service, client in clients.items()}
    for stub in stubs.values():
        stub.activate()
    return stubs


def existing() -> list[tuple[str, str]]:
    assert isinstance(SITE, AwsSite)
    found = listing.existing("dublin-1", SITE, PROVIDER, frozenset(), Finder())
    assert found.objects == ()
    return [(gap.kind, gap.why) for gap in found.gaps]


def test_another_account_s_objects_are_not_taken_for_the_site_s(answers: dict[str, Stubber]) -> None:
    answers["sts"].add_response("get_caller_identity", {"Account": "999988887777"})
    ((kind, why),) = existing()
    assert kind == "account"
    assert why.startswith("account 999988887777 answers, and the site is declared in 111122223333")


def test_nobody_s_account_is_nobody_s(answers: dict[str, Stubber]) -> None:
    answers["sts"].add_client_error("get_caller_identity", "ExpiredToken")
    ((kind, why),) = existing()
    assert (kind, "ExpiredToken" in why) == ("account", True)


def test_each_list_that_is_denied_is_named_and_the_others_are_read(answers: dict[str, Stubber]) -> None:
    answers["sts"].add_response("get_caller_identity", {"Account": "111122223333"})
    answers["s3"].add_client_error("list_buckets", "AccessDenied")
    answers["kms"].add_response("list_keys", {"Keys": [], "Truncated": False})
    answers["ec2"].add_client_error("describe_vpcs", "UnauthorizedOperation")
    assert [kind for kind, _ in existing()] == ["bucket", "vpc"]


def test_a_list_that_breaks_off_after_its_first_page_is_no_list(answers: dict[str, Stubber]) -> None:
    answers["sts"].add_response("get_caller_identity", {"Account": "111122223333"})
    answers["s3"].add_response("list_buckets", {"Buckets": []})
    answers["kms"].add_response("list_keys", {"Keys": [], "Truncated": True, "NextMarker": "x"})
    answers["kms"].add_client_error("list_keys", "ThrottlingException")
    answers["ec2"].add_response("describe_vpcs", {"Vpcs": []})
    assert [kind for kind, _ in existing()] == ["key"]


def test_an_answer_whose_rest_nobody_asks_for_is_refused(answers: dict[str, Stubber]) -> None:
    answers["s3"].add_response("list_bucket_analytics_configurations", {"IsTruncated": True})
    with pytest.raises(CutError, match="is cut"):
        list(Aws.of(PROVIDER).pages("s3", "list_bucket_analytics_configurations", {"Bucket": "x"}))


def test_a_key_that_nobody_may_look_at_is_named(answers: dict[str, Stubber]) -> None:
    answers["sts"].add_response("get_caller_identity", {"Account": "111122223333"})
    answers["s3"].add_response("list_buckets", {"Buckets": []})
    answers["kms"].add_response("list_keys", {"Keys": [{"KeyId": "k"}], "Truncated": False})
    answers["kms"].add_client_error("describe_key", "AccessDeniedException")
    answers["ec2"].add_response("describe_vpcs", {"Vpcs": []})
    assert isinstance(SITE, AwsSite)
    (one,) = listing.existing("dublin-1", SITE, PROVIDER, frozenset(), Finder()).objects
    assert (one.name, "AccessDeniedException" in str(one.trouble)) == ("k", True)
