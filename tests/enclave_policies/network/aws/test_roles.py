"""What a machine's role allows is found however the machine names its profile, and nothing else that it names."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.network.aws.references import References
from enclave_policies.network.aws.roles import DEEPEST, Roles

from tests.enclave_policies.network.aws.cases import resources

CORE = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
BASE = {
    "iam/Role inner": {"name": "inner", "managedPolicyArns": [CORE]},
    "iam/InstanceProfile profile": {"role": "$inner"},
}
SESSIONS = ["ssmmessages:OpenDataChannel"]
FORMS = pytest.mark.parametrize("planned", [False, True], ids=["state", "plan"])


def granted(machine: dict[str, Any], *, planned: bool, others: dict[str, Any] | None = None) -> str | None:
    made = resources({**BASE, **(others or {}), **machine}, {}, planned=planned)
    return Roles(References(made)).allows(made[-1], SESSIONS)


def deep(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"instanceProfile": "$profile.arn"}
    for _ in range(levels):
        value = {"inner": value}
    return value


@FORMS
@pytest.mark.parametrize(
    "machine",
    [
        {"Instance m": {"iamInstanceProfile": "$profile"}},
        {"LaunchTemplate m": {"iamInstanceProfile": {"arn": "$profile.arn"}}},
        {"LaunchTemplate m": {"iamInstanceProfile": {"name": "$profile"}}},
        {"LaunchTemplate m": {"iamInstanceProfile": [{"arn": "$profile.arn"}]}},
        {"batch/ComputeEnvironment m": {"computeResources": {"instanceRole": "$profile.arn"}}},
        {"emr/Cluster m": {"ec2Attributes": {"subnetId": "subnet-0123", "instanceProfile": "$profile.arn"}}},
        {"x/Y m": {"blocks": [{"name": "other"}, {"instanceProfile": "$profile.arn"}]}},
        {"x/Y m": deep(DEEPEST)},
        {"eks/NodeGroup m": {"nodeRoleArn": "$inner.arn"}},
    ],
)
def test_a_profile_or_role_is_found_wherever_a_machine_names_it(machine: dict[str, Any], planned: bool) -> None:
    assert granted(machine, planned=planned) == "role inner, AmazonSSMManagedInstanceCore"


@FORMS
@pytest.mark.parametrize(
    "machine",
    [
        {"Instance m": {"iamInstanceProfile": None}},
        {"Instance m": {"iamInstanceProfile": "of-another-stack"}},
        {"Instance m": {"tags": {"profile": "$profile.arn"}}},
        {"x/Y m": deep(DEEPEST + 1)},
    ],
)
def test_what_names_no_profile_allows_nothing(machine: dict[str, Any], planned: bool) -> None:
    assert granted(machine, planned=planned) is None


@FORMS
@pytest.mark.parametrize(
    "machine",
    [
        {"Instance m": {"launchTemplate": {"id": "$template", "version": "1"}}},
        {"autoscaling/Group m": {"launchConfiguration": "$template"}},
        {
            "autoscaling/Group m": {
                "mixedInstancesPolicy": {
                    "launchTemplate": {"launchTemplateSpecification": {"launchTemplateId": "$template"}}
                }
            }
        },
    ],
)
def test_the_profile_of_a_machine_s_template_is_the_machine_s(machine: dict[str, Any], planned: bool) -> None:
    template = {"LaunchTemplate template": {"iamInstanceProfile": {"arn": "$profile.arn"}}}
    assert granted(machine, planned=planned, others=template) == "role inner, AmazonSSMManagedInstanceCore"
