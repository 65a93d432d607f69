"""What the planned resources of AWS let pass: routes, security groups, network ACLs, gateways, endpoints."""

from enclave_policies.network.aws.model import UNDETERMINED, AwsModel, Opening

__all__ = ["UNDETERMINED", "AwsModel", "Opening"]
