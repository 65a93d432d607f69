"""What an input means: its table says it, else its name does."""

from __future__ import annotations

import pytest
from enclave_policies.catalog.meanings import MANY_KEYS, NO_ROLE, WORDS, Meaning, role_by_name, root_meaning
from enclave_policies.resources.unknown import UNKNOWN

QUEUE = "aws:sqs/queue:Queue"
POD = "kubernetes:core/v1:Pod"


def below(path: str, type_: str = QUEUE, **table: str) -> Meaning:
    """Return the meaning at a path, with ``__`` in the table's keys for its dots."""
    meaning = root_meaning(type_, {key.replace("__", "."): role for key, role in table.items()})
    for key in path.split("."):
        meaning = meaning.children.get(key) or meaning.child(key)
    return meaning


def test_inputs_as_a_whole_mean_nothing_and_are_read() -> None:
    root = root_meaning(QUEUE, {})
    assert (root.path, root.key, root.role) == ("", "", None)
    assert [root.named, root.skip, root.program, root.encoded] == [False] * 4


def test_a_types_own_region_is_left_to_its_placement_unless_the_table_says_what_else_it_is() -> None:
    region = below("region")
    assert (region.path, region.skip, region.role) == ("region", True, None)
    listed = below("region", region="region:destination")
    assert (listed.skip, listed.role) == (False, "region:destination")
    assert below("nested.region").role == "region:destination"


@pytest.mark.parametrize(
    ("key", "role"),
    [
        *(
            ("availabilityZone", "zone"),
            ("availability_zones", "zone"),
            ("outpostArn", "edge"),
            ("localZoneGroup", "edge"),
        ),
        *(("destinationRegion", "region:destination"), ("regions", "region:destination"), ("multiRegion", None)),
        *(("accountId", "account"), ("principal", "account"), ("servicePrincipal", None), ("endpointUrl", "host")),
        *(("image", "image"), ("cidrBlock", "network"), ("logBucket", "bucket:destination"), ("bucket", None)),
    ],
)
def test_a_name_tells_a_role_or_none(key: str, role: str | None) -> None:
    assert role_by_name(key) == role
    assert below(key).role == role


def test_the_table_goes_before_the_name() -> None:
    assert below("endpointUrl", endpointUrl="account").role == "account"
    assert below("endpointUrl", endpointUrl=NO_ROLE).role is None
    assert not below("endpointUrl", endpointUrl=NO_ROLE).skip
    assert below("a.b", a__b="host").role == "host"
    assert below("a.b", b="account").role is None


@pytest.mark.parametrize("key", ["tags", "description", "__meta", "eventPattern", "shortDescription", "emailSubject"])
def test_words_for_people_and_filters_are_not_read(key: str) -> None:
    assert below(key).skip


def test_words_that_the_table_lists_are_read_and_inputs_that_it_calls_words_are_not() -> None:
    assert not below("description", description="host").skip
    assert below("endpointUrl", endpointUrl=WORDS).skip
    assert below("endpointUrl", endpointUrl=WORDS).role is None
    assert not below("eventPattern", eventPattern=NO_ROLE).skip
    assert not below("queueUrl").skip
    assert below("queryString", type_="aws:cloudwatch/queryDefinition:QueryDefinition").skip
    assert not below("queryString").skip


def test_a_claim_says_what_it_names_where_that_stands_and_whether_anybody_knows_it() -> None:
    meaning = below("a.targetRegion")
    told = meaning.claim("region:destination", "us-east-1")
    assert (told.kind, told.value, told.key, told.path) == ("region", "us-east-1", "targetRegion", "a.targetRegion")
    assert (told.given, meaning.claim("region", UNKNOWN).given) == ("given", "unknown")


def test_what_names_a_thing_is_no_place() -> None:
    assert below("bucketName").named
    assert below("id").named
    assert not below("value").named
    assert not below("accountId").named  # a role goes before


def test_whatever_stands_below_an_environment_is_read_by_a_program() -> None:
    assert below("environment").program
    assert below("environment.variables.UPSTREAM").program
    assert not below("value").program


def test_inputs_that_may_be_in_base64_are_told_by_their_names() -> None:
    assert below("userData").encoded
    assert below("userDataBase64").encoded
    assert not below("user").encoded


def test_in_kubernetes_a_name_tells_nothing() -> None:
    host = below("spec.host", type_=POD)
    assert (host.role, host.named, host.skip) == (None, True, False)
    assert below("spec.shortDescription", type_=POD).skip is False
    assert below("metadata.labels", type_=POD).skip


def test_a_slot_is_made_once_and_endless_keys_are_not_kept() -> None:
    root = root_meaning(QUEUE, {})
    assert root.child("x") is root.children["x"]
    assert root.children["x"].path == "x"
    for number in range(MANY_KEYS + 9):
        root.child(f"key{number}")
    assert len(root.children) == MANY_KEYS
