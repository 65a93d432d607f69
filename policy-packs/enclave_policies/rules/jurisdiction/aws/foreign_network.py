"""JUR-016: no rule or route opens a way to addresses outside the enclave's networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.identifiers.shown import shown
from enclave_policies.reading.denied import denied
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

OWN_PLAN = frozenset(
    {"aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"}
    | {"aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation", "aws:ec2/defaultVpc:DefaultVpc"}
    | {"aws:ec2/defaultSubnet:DefaultSubnet", "aws:ec2/vpcIpamPoolCidr:VpcIpamPoolCidr"}
    | {"aws:ec2/vpcIpamPoolCidrAllocation:VpcIpamPoolCidrAllocation"}
    | {"aws:ec2transitgateway/connectPeer:ConnectPeer", "aws:ec2/subnetCidrReservation:SubnetCidrReservation"}
)
"""Types whose blocks are addresses that they give out themselves, and no way to anywhere."""
OPENED_BY_EKS = "vpcConfig.publicAccessCidrs"
GIVEN_OUT_BY_EKS = "kubernetesNetworkConfig."
OWN_ENDS = (
    "privateIp",
    "privateIps",
    "privateIpAddress",
    "privateIpAddresses",
    "secondaryPrivateIps",
    "insideCidrBlocks",
)


def check(reading: Reading) -> Iterator[Finding]:
    """Judge addresses and blocks of rules, routes, prefix lists and far ends; what is stopped opens nothing."""
    if reading.setting("blackhole") is True:
        return  # a route that throws away
    stopped = denied(reading)
    told: set[str] = set()
    for mention in reading.of("network"):
        value = mention.value
        if not isinstance(value, str) or value in told or value in stopped or _own_end(reading, mention.path):
            continue
        if reading.law.owns_address(value) is False:
            told.add(value)
            anywhere = value.strip().endswith("/0")
            words = "anywhere in the world" if anywhere else f"{shown(value)}, outside the enclave's networks"
            problem = f"opens a way to {words} ({mention.path})"
            yield rule.finding(
                reading, problem, claim=mention, where=value, verdict="undetermined" if anywhere else "fail"
            )


def _own_end(reading: Reading, path: str) -> bool:
    if path.startswith(GIVEN_OUT_BY_EKS):
        return True
    if path == OPENED_BY_EKS:
        configuration = reading.setting("vpcConfig")
        return isinstance(configuration, dict) and configuration.get("endpointPublicAccess") is False
    return reading.resource.type in OWN_PLAN or path.rpartition(".")[2] in OWN_ENDS


rule = Rule(
    id="JUR-016",
    name="foreign-network",
    title="No rule or route opens a way to addresses outside the enclave's networks.",
    severity="high",
    remedy="name networks of the enclave (law/approved.yaml), or the group or prefix list of an endpoint",
    check=check,
    roles=frozenset({"network"}),
)
