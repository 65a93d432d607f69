"""The AWS organization of moto's account: what service control policies are attached to."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from sandbox.services.errors import SandboxError

_POLICY_TYPE: Final = "SERVICE_CONTROL_POLICY"
_REGION: Final = "eu-west-1"  # boto3 wants one; an organization has none


def ensure(endpoint: str) -> str:
    """Make moto's account the management account of an organization with service control policies; return its root.

    Raises:
        SandboxError: moto refused.
    """
    import boto3  # noqa: PLC0415  0.3 s, and most starts find the organization in the register
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    session = boto3.Session("sandbox", "sandbox", region_name=_REGION)
    organizations: Any = session.client("organizations", endpoint_url=endpoint, config=Config(proxies={}))
    try:
        with suppress(organizations.exceptions.AlreadyInOrganizationException):
            organizations.create_organization(FeatureSet="ALL")
        root = organizations.list_roots()["Roots"][0]
        if not any(kind["Type"] == _POLICY_TYPE for kind in root["PolicyTypes"]):
            organizations.enable_policy_type(RootId=root["Id"], PolicyType=_POLICY_TYPE)
    except (BotoCoreError, ClientError) as error:
        raise SandboxError(f"moto's organization could not be made: {error}. Run `make up` again.") from error
    return str(root["Id"])
