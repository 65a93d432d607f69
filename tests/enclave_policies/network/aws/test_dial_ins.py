"""Of a Client VPN that says too little, or something not known yet, nobody can tell who dials in: it is open."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.network.aws.dial_ins import DialIn, dial_ins
from enclave_policies.network.aws.references import References
from enclave_policies.network.networks import ANYWHERE, AddressSet
from enclave_policies.resources.resource import Resource
from enclave_policies.resources.unknown import UNKNOWN

DEVICE = {"type": "certificate-authentication", "rootCertificateChainArn": "arn:authority"}
PERSON = {"type": "federated-authentication", "samlProviderArn": "arn:provider"}
ENDPOINT: dict[str, Any] = {
    "clientCidrBlock": "10.220.0.0/22",
    "serverCertificateArn": "arn:server",
    "authenticationOptions": [DEVICE, PERSON],
    "clientRouteEnforcementOptions": {"enforced": True},
    "connectionLogOptions": {"enabled": True, "cloudwatchLogGroup": "people"},
    "disconnectOnSessionTimeout": True,
    "sessionTimeoutHours": 8.0,
}
RIGHT: dict[str, Any] = {"targetNetworkCidr": "10.16.0.0/20", "accessGroupId": "support"}


def read(endpoint: dict[str, Any], right: dict[str, Any] | None = None, route: dict[str, Any] | None = None) -> DialIn:
    """Return what is understood of an endpoint with an authorization rule, and with a route if there is one."""
    parts = {
        "Endpoint": endpoint,
        "AuthorizationRule": {**RIGHT, **(right or {})},
        **({"Route": route} if route else {}),
    }
    made = [
        Resource(
            name,
            f"aws:ec2clientvpn/{name[0].lower()}{name[1:]}:{name}",
            name,
            {**ENDPOINT, **props} if name == "Endpoint" else {"clientVpnEndpointId": "cvpn-1", **props},
            outputs={"id": "cvpn-1"} if name == "Endpoint" else {},
        )
        for name, props in parts.items()
    ]
    (found,) = dial_ins(References(made)).values()
    return found


def test_one_that_says_everything_is_understood() -> None:
    found = read({})
    assert (found.strange, found.lax) == ((), ())
    assert (found.clients, found.targets) == (AddressSet.of("10.220.0.0/22"), AddressSet.of("10.16.0.0/20"))
    assert (found.server, found.authority, found.provider) == ("arn:server", "arn:authority", "arn:provider")
    assert (found.groups, found.hours) == (frozenset({"support"}), 8)


STRANGE = {
    "proofs that are not known": ({"authenticationOptions": UNKNOWN}, {}, "is not known yet"),
    "no proofs": ({"authenticationOptions": []}, {}, "devices need no certificate"),
    "an authority that is not known": (
        {"authenticationOptions": [{**DEVICE, "rootCertificateChainArn": UNKNOWN}, PERSON]},
        {},
        "devices need no certificate",
    ),
    "a provider that is not known": (
        {"authenticationOptions": [DEVICE, {**PERSON, "samlProviderArn": UNKNOWN}]},
        {},
        "people need no sign-on (SAML)",
    ),
    "a kind that is not known": (
        {"authenticationOptions": [DEVICE, PERSON, {"type": UNKNOWN}]},
        {},
        "people may sign on by what is not known yet",
    ),
    "addresses that are not known": ({"clientCidrBlock": UNKNOWN}, {}, "does not say which addresses devices get"),
    "no addresses": ({"clientCidrBlock": None}, {}, "does not say which addresses devices get"),
    "addresses of no form": ({"clientCidrBlock": "people"}, {}, "does not say which addresses devices get"),
    "a target that is not known": ({}, {"targetNetworkCidr": UNKNOWN}, "lets people reach what is not known yet"),
    "a group that is not known": ({}, {"accessGroupId": UNKNOWN}, "lets in whoever signs on"),
    "no group": ({}, {"accessGroupId": None}, "lets in whoever signs on"),
    "perhaps every group": ({}, {"authorizeAllGroups": UNKNOWN}, "lets in whoever signs on"),
    "a family that is not known": (
        {"endpointIpAddressType": UNKNOWN},
        {},
        "endpointIpAddressType is what is not known",
    ),
    "a transit gateway that is not known": ({"transitGatewayConfiguration": UNKNOWN}, {}, "leads is not worked out"),
}


@pytest.mark.parametrize(("endpoint", "right", "words"), STRANGE.values(), ids=STRANGE)
def test_what_nobody_knows_makes_it_open(endpoint: dict[str, Any], right: dict[str, Any], words: str) -> None:
    assert any(words in each for each in read(endpoint, right).strange)


def test_a_route_whose_end_is_not_known_makes_it_open() -> None:
    assert read({}, route={"destinationCidrBlock": UNKNOWN}).strange == (
        "route Route leads on to what is not known yet",
    )


LAX = {
    "splitTunnel": {"splitTunnel": UNKNOWN},
    "clientRouteEnforcementOptions": {"clientRouteEnforcementOptions": {"enforced": UNKNOWN}},
    "connectionLogOptions": {"connectionLogOptions": {"enabled": True, "cloudwatchLogGroup": None}},
    "clientConnectOptions": {"clientConnectOptions": {"enabled": UNKNOWN}},
    "disconnectOnSessionTimeout": {"disconnectOnSessionTimeout": UNKNOWN},
    "selfServicePortal": {"selfServicePortal": UNKNOWN},
}


@pytest.mark.parametrize(("name", "props"), LAX.items(), ids=LAX)
def test_a_promise_that_may_be_broken_counts_as_broken(name: str, props: dict[str, Any]) -> None:
    found = read(props)
    assert found.strange == ()
    assert [one for one in found.lax if f"({name})" in one] == list(found.lax) != []


def test_addresses_that_nobody_knows_are_any() -> None:
    assert (read({"clientCidrBlock": UNKNOWN}).clients, read({}, {"targetNetworkCidr": UNKNOWN}).targets) == (
        ANYWHERE,
        ANYWHERE,
    )


def test_a_log_group_whose_name_is_not_known_yet_is_one() -> None:
    assert read({"connectionLogOptions": {"enabled": True, "cloudwatchLogGroup": UNKNOWN}}).lax == ()
