"""What the watch asks AWS of a site: whoever gives it a role reads it here, and whoever judges one.

Source: Service Authorization Reference; AWS binds these questions to no resource.
"""

from __future__ import annotations

from typing import Final

ASKS: Final = (
    "autoscaling:DescribeAutoScalingGroups",
    "ec2:DescribeInstances",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeSecurityGroupRules",
    "ec2:DescribeSecurityGroups",
)
READS: Final = "s3:GetObject"
"""Of the bundles that hosts start with, and of nothing else."""
