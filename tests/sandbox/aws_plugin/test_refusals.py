"""What the stand-in refuses, and how it says so."""

from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from pulumi.runtime.proto import provider_pb2, status_pb2

from sandbox.aws_plugin.connection import Connection
from sandbox.aws_plugin.errors import AwsError
from sandbox.aws_plugin.provider_config import parse
from sandbox.aws_plugin.registry import PREVIEWED
from sandbox.aws_plugin.tables.ec2_client_vpn import LACKING
from sandbox.aws_plugin.wire import UNKNOWN, decode, encode
from tests.sandbox.aws_plugin.conftest import MakeEngine
from tests.sandbox.aws_plugin.direct import Plugin, provider_inputs
from tests.sandbox.aws_plugin.engine import SECRET_KEY
from tests.sandbox.aws_plugin.local_aws import LocalAws
from tests.sandbox.aws_plugin.small_programs import UNKNOWN_TYPE

LOOPBACK = "http://127.0.0.1:5000"
OUTSIDE = [
    "https://ec2.eu-west-1.amazonaws.com",
    "http://192.0.2.1:5000",
    "http://10.0.0.1:5000",
    "http://0.0.0.0:5000",
    "http://127.0.0.1.example.com:5000",
    "http://127.0.0.1@example.com:5000",
    "http://localhost.example.com:5000",
    "http://[2001:db8::1]:5000",
    "http://2130706433:5000",
    "ftp://127.0.0.1:5000",
    "127.0.0.1:5000",
    "http://[::1",
    "",
]
INSIDE = ["http://127.0.0.1:5000", "https://127.9.8.7", "http://localhost:5000", "http://[::1]:5000"]
VPC = "aws:ec2/vpc:Vpc"


@pytest.mark.parametrize("url", OUTSIDE)
def test_an_endpoint_beyond_this_machine_is_refused(plugin: Plugin, url: str) -> None:
    failures = plugin.check_config(provider_inputs(url))
    assert "stand-in" in failures["endpoints[0].ec2"]
    assert "use the official AWS plugin" in failures["endpoints[0].ec2"]
    with pytest.raises(grpc.RpcError) as refusal:
        plugin.configure(url)
    assert "only 127.0.0.0/8, ::1 and localhost" in refusal.value.details()


@pytest.mark.parametrize("url", INSIDE)
def test_an_endpoint_on_this_machine_is_accepted(plugin: Plugin, url: str) -> None:
    assert plugin.check_config(provider_inputs(url)) == {}


def test_one_endpoint_beyond_this_machine_among_local_ones_is_refused(plugin: Plugin) -> None:
    mixed = f'[{{"ec2": "{LOOPBACK}", "s3": "https://s3.amazonaws.com"}}]'
    assert list(plugin.check_config(provider_inputs(LOOPBACK, endpoints=mixed))) == ["endpoints[0].s3"]
    second = f'[{{"ec2": "{LOOPBACK}"}}, {{"kms": "https://kms.amazonaws.com"}}]'
    assert list(plugin.check_config(provider_inputs(LOOPBACK, endpoints=second))) == ["endpoints[1].kms"]


@pytest.mark.parametrize("endpoints", [None, "[]", "[{}]", "not json"])
def test_a_provider_without_endpoints_is_refused(plugin: Plugin, endpoints: str | None) -> None:
    failures = plugin.check_config(provider_inputs(LOOPBACK, endpoints=endpoints))
    assert "needs the local endpoints" in failures["endpoints"]


def test_a_service_without_an_endpoint_is_refused_when_it_is_needed(plugin: Plugin) -> None:
    plugin.configure(LOOPBACK, endpoints=f'[{{"s3": "{LOOPBACK}"}}]')
    inputs, _ = plugin.check(VPC, {"cidrBlock": "10.0.0.0/16"})
    with pytest.raises(grpc.RpcError) as refusal:
        plugin.create(VPC, encode(inputs))
    assert "no local URL for the service 'ec2'" in refusal.value.details()


def test_a_provider_without_a_region_is_refused(plugin: Plugin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-2")
    assert (
        "takes no region from the environment" in plugin.check_config(provider_inputs(LOOPBACK, region=None))["region"]
    )


@pytest.mark.parametrize("setting", ["profile", "assumeRoles", "sharedConfigFiles", "httpProxy"])
def test_a_provider_setting_that_would_be_ignored_is_refused(plugin: Plugin, setting: str) -> None:
    failures = plugin.check_config(provider_inputs(LOOPBACK, **{setting: "x"}))
    assert f"does not implement the provider property {setting}" in failures[setting]


def test_a_refused_provider_never_shows_its_credentials(plugin: Plugin) -> None:
    failures = plugin.check_config(provider_inputs("http://192.0.2.1"))
    with pytest.raises(grpc.RpcError) as refusal:
        plugin.configure("http://192.0.2.1")
    assert SECRET_KEY not in str(failures) + str(refusal.value)


def test_a_changed_endpoint_or_credential_updates_the_provider_and_a_changed_region_replaces_it(plugin: Plugin) -> None:
    def diff(**more: str) -> tuple[list[str], list[str]]:
        old, new = encode(provider_inputs(LOOPBACK)), encode(provider_inputs(LOOPBACK, **more))
        answer = plugin.stub.DiffConfig(provider_pb2.DiffRequest(olds=old, old_inputs=old, news=new))
        return list(answer.diffs), list(answer.replaces)

    assert diff() == ([], [])
    assert diff(endpoints='[{"ec2": "http://127.0.0.1:1"}]', secretKey="other") == (["endpoints", "secretKey"], [])
    assert diff(region="eu-west-2") == (["region"], ["region"])


def test_a_type_that_is_not_in_the_tables_is_refused_with_its_name_and_the_remedy(plugin: Plugin) -> None:
    plugin.configure(LOOPBACK)
    for call in (plugin.check, plugin.diff):
        with pytest.raises(grpc.RpcError) as refusal:
            call("aws:sqs/queue:Queue", {}, {})
        assert "stand-in" in refusal.value.details()
        assert "aws:sqs/queue:Queue" in refusal.value.details()
        assert "use the official AWS plugin" in refusal.value.details()


def test_a_property_that_the_sdk_does_not_declare_is_refused(plugin: Plugin) -> None:
    plugin.configure(LOOPBACK)
    _, failures = plugin.check(VPC, {"cidrBlok": "10.0.0.0/16"})
    assert "did you mean 'cidrBlock'?" in failures["cidrBlok"]


def test_a_nested_property_that_the_sdk_does_not_declare_is_refused_with_its_path(plugin: Plugin) -> None:
    plugin.configure(LOOPBACK)
    rule = {"action": "allow", "protocol": "tcp", "ruleNo": 1, "fromPort": 1, "toPort": 2}
    _, failures = plugin.check(
        "aws:ec2/networkAcl:NetworkAcl", {"vpcId": "vpc-1", "ingress": [rule, {**rule, "cidr": "x", "toPort": "all"}]}
    )
    assert failures.keys() == {"ingress[1].cidr", "ingress[1].toPort"}
    assert "a whole number" in failures["ingress[1].toPort"]


def test_a_property_that_is_declared_but_not_implemented_is_refused(plugin: Plugin) -> None:
    plugin.configure(LOOPBACK)
    _, failures = plugin.check(VPC, {"cidrBlock": "10.0.0.0/16", "ipv4IpamPoolId": "ipam-1"})
    assert "does not implement ipv4IpamPoolId" in failures["ipv4IpamPoolId"]
    assert "add it to the entry" in failures["ipv4IpamPoolId"]


def test_missing_required_properties_are_all_named(plugin: Plugin) -> None:
    plugin.configure(LOOPBACK)
    _, failures = plugin.check("aws:lb/listener:Listener", {"port": 443})
    assert failures == {
        "defaultActions": "is required, and missing",
        "loadBalancerArn": "is required, and missing",
    }


def test_functions_are_refused(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as refusal:
        plugin.stub.Invoke(provider_pb2.InvokeRequest(tok="aws:index/getCallerIdentity:getCallerIdentity"))
    assert "serves no functions" in refusal.value.details()
    assert "getCallerIdentity" in refusal.value.details()


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("Construct", provider_pb2.ConstructRequest(type="aws:x:Y")),
        ("Call", provider_pb2.CallRequest(tok="aws:x:Y/z")),
        ("Parameterize", provider_pb2.ParameterizeRequest()),
    ],
)
def test_what_the_protocol_has_beyond_resources_is_refused(plugin: Plugin, method: str, request_: Any) -> None:
    with pytest.raises(grpc.RpcError) as refusal:
        getattr(plugin.stub, method)(request_)
    assert "stand-in" in refusal.value.details()


def test_an_error_of_aws_is_one_line_with_operation_and_code(plugin: Plugin, moto: LocalAws) -> None:
    plugin.configure(moto.url)
    inputs, _ = plugin.check("aws:ec2/subnet:Subnet", {"vpcId": "vpc-0", "cidrBlock": "10.0.0.0/24"})
    with pytest.raises(grpc.RpcError) as refusal:
        plugin.create("aws:ec2/subnet:Subnet", encode(inputs))
    assert refusal.value.details().startswith("ec2 create_subnet failed with InvalidVpcID.NotFound: ")
    assert "\n" not in refusal.value.details()


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("logs", "disassociate_kms_key", {"logGroupName": "x"}),
        ("autoscaling", "describe_account_limits", {}),
    ],
    ids=["JSON", "XML"],
)
def test_an_operation_that_moto_lacks_is_one_line(
    moto: LocalAws, service: str, operation: str, parameters: dict[str, str]
) -> None:
    connection = Connection(parse(provider_inputs(moto.url)))
    with pytest.raises(AwsError, match=rf"{service} {operation} failed with 500: the local AWS \(moto\)"):
        connection.call(service, "eu-west-1", operation, **parameters)


def test_an_aws_that_does_not_answer_is_one_line(plugin: Plugin) -> None:
    plugin.configure("http://127.0.0.1:9")
    inputs, _ = plugin.check(VPC, {"cidrBlock": "10.0.0.0/16"})
    with pytest.raises(grpc.RpcError) as refusal:
        plugin.create(VPC, encode(inputs))
    assert refusal.value.details().startswith("ec2 create_vpc failed with EndpointConnectionError: ")


def test_what_fails_half_way_through_its_creation_is_kept_by_the_engine(plugin: Plugin, moto: LocalAws) -> None:
    plugin.configure(moto.url)
    profile = "aws:iam/instanceProfile:InstanceProfile"
    inputs, _ = plugin.check(profile, {"name": "half-made", "role": "no-such-role"})
    with pytest.raises(grpc.RpcError) as failure:
        plugin.create(profile, encode(inputs))
    status = status_pb2.Status.FromString(dict(failure.value.trailing_metadata())["grpc-status-details-bin"])
    kept = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(kept)
    assert kept.id == "half-made"
    # The role is not claimed to be in it, so that the next run puts it there.
    assert decode(kept.properties)[0]["name"] == "half-made"
    assert "role" not in decode(kept.properties)[0]
    moto.iam.delete_instance_profile(InstanceProfileName="half-made")


def test_the_engine_refuses_an_outside_endpoint_and_creates_nothing(make_engine: MakeEngine, moto: LocalAws) -> None:
    engine = make_engine(UNKNOWN_TYPE)
    before = moto.inventory()
    engine.configure(endpoint="http://192.0.2.1:5000")
    run = engine.run("up", "--yes", "--skip-preview")
    assert run.code != 0
    assert "refuses 'http://192.0.2.1:5000'" in run.output
    engine.configure(endpoint=moto.url)
    run = engine.run("preview")
    assert run.code != 0
    assert "no entry for the resource type aws:sqs/queue:Queue" in run.output
    assert "Traceback" not in run.output
    assert moto.inventory() == before


def test_a_preview_of_a_creation_needs_no_aws(plugin: Plugin) -> None:
    plugin.configure("http://127.0.0.1:9")
    inputs, _ = plugin.check(VPC, {"cidrBlock": "10.0.0.0/16"})
    answer = plugin.create(VPC, encode(inputs), preview=True)
    assert "10.0.0.0/16" in decode(answer.properties)[0].values()


OF_CLIENT_VPN: dict[str, dict[str, Any]] = {
    "aws:ec2clientvpn/endpoint:Endpoint": {
        "clientCidrBlock": "10.220.0.0/22",
        "serverCertificateArn": UNKNOWN,
        "authenticationOptions": [{"type": "federated-authentication", "samlProviderArn": UNKNOWN}],
        "connectionLogOptions": {"enabled": True},
        "tags": {"owner": "me"},
    },
    "aws:ec2clientvpn/networkAssociation:NetworkAssociation": {"clientVpnEndpointId": UNKNOWN, "subnetId": UNKNOWN},
    "aws:ec2clientvpn/authorizationRule:AuthorizationRule": {
        "clientVpnEndpointId": UNKNOWN,
        "targetNetworkCidr": "10.16.0.0/20",
    },
}


@pytest.mark.parametrize("token", sorted(PREVIEWED))
def test_what_moto_has_none_of_is_previewed_and_never_made(plugin: Plugin, token: str) -> None:
    plugin.configure(LOOPBACK)
    given, failures = plugin.check(token, OF_CLIENT_VPN[token])
    assert failures == {}
    assert plugin.create(token, encode(given), preview=True).properties["region"] == "eu-west-1"
    with pytest.raises(grpc.RpcError) as refusal:
        plugin.create(token, encode(given))
    assert refusal.value.details() == LACKING
