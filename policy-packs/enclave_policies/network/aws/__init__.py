"""What the planned resources of AWS let pass: routes, security groups, network ACLs, gateways, endpoints."""

from enclave_policies.network.aws.model import UNDETERMINED, AwsModel, Way

__all__ = ["UNDETERMINED", "AwsModel", "Way"]
