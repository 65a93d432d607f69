"""Key management of an AWS site: one customer key for each declared purpose, which never leaves its region."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from components.aws.key_policy import key_policy
from components.declaration.physical import key_alias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.declaration.model import AwsSite, Key
    from components.site import SitePlan

deletion_window_days = 30


@dataclass(frozen=True)
class KeyManagementArgs:
    """What a site's keys are built from; ``named`` are roles in their policies, which must be there before."""

    plan: SitePlan[AwsSite]
    named: Sequence[pulumi.Resource] = ()


class KeyManagement(pulumi.ComponentResource):
    """The customer keys of a site; a purpose is reached by its alias ``alias/ENCLAVE/SITE/PURPOSE``."""

    def __init__(self, name: str, args: KeyManagementArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:aws:KeyManagement", name, None, opts)
        self.plan = args.plan
        # Of each key and not of this component: the engine loses a component in a refresh that finds those gone.
        self.kept = pulumi.ResourceOptions(parent=self, protect=True, depends_on=list(args.named))
        self.keys = {purpose: self._key(purpose, key) for purpose, key in self.plan.declaration.keys.items()}
        self.register_outputs({"arns": self.arns()})

    def arns(self) -> dict[str, pulumi.Output[str]]:
        """Return the ARN of the key of each purpose."""
        return {purpose: key.arn for purpose, key in self.keys.items()}

    def _key(self, purpose: str, declared: Key) -> aws.kms.Key:
        name = f"{self.plan.name}-{purpose}"
        encrypts = declared.use == "encrypt"
        key = aws.kms.Key(
            name,
            description=f"{purpose} of site {self.plan.name}, enclave {self.plan.declaration.enclave}",
            key_usage="ENCRYPT_DECRYPT" if encrypts else "GENERATE_VERIFY_MAC",
            customer_master_key_spec="SYMMETRIC_DEFAULT" if encrypts else "HMAC_256",
            enable_key_rotation=encrypts,  # AWS rotates no HMAC keys
            deletion_window_in_days=deletion_window_days,
            multi_region=False,
            policy=json.dumps(key_policy(self.plan, purpose, declared)),
            tags={**self.plan.tags(classes=declared.classes), "Name": name, "purpose": purpose},
            opts=self.kept,
        )
        aws.kms.Alias(
            name,
            name=key_alias(self.plan.declaration, self.plan.name, purpose),
            target_key_id=key.id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return key
