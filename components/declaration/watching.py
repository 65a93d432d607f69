"""The declaration of an inspector's own stack: the schedule by which its program looks at sites in AWS.

It is a stack of its own, in the inspector's account: whoever operates the sites can neither see nor stop it there.

Source: IAM user guide, "IAM and AWS STS quotas" (the inline policies of a role hold 10,240 letters).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field

from components.declaration import forms
from components.declaration.model import (
    AccountId,
    Bucket,
    Declaration,
    ImageDigest,
    Name,
    Record,
    RoleName,
    longest_copy,
    shortest_copy,
)
from components.declaration.tags import check_aws_tags
from components.declaration.words import cut, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from components.declaration.found import Found

OWN: Final = ("enclave", "sandbox", "contact", "tags", "schedule")
"""What such a declaration says; the rest of a declaration is about sites, of which it has none."""

POLICY_LETTERS: Final = 10_240
POLICY_REST: Final = 1_200
"""Letters of the program's policy beside what it says of sites, rounded up."""
SITE_REST: Final = 120
"""Letters that it says of a site beside names and role, rounded up."""


class WatchedSite(Record):
    """A site that is looked at: its region, and the role there that lets the inspector's program in."""

    region: Annotated[str, Field(pattern=forms.REGION)]
    role: Annotated[str, Field(pattern=forms.ROLE_ARN)]


class Schedule(Record):
    """The program and how often it looks; all of it stands in the inspector's account."""

    account: AccountId
    region: Annotated[str, Field(pattern=forms.REGION)]
    role: RoleName = Field(description="the program's role; declarations of sites name it (inspector.watch.aws.role)")
    image: ImageDigest = Field(description="of the account's own registry (ECR), as AWS Lambda asks")
    every: Annotated[str, Field(pattern=forms.EVERY, description='such as "5 minutes"')]
    alerts: Annotated[str, Field(pattern=forms.ALERTS, description="where alerts go, an https address")]
    external_id: Annotated[str, Field(pattern=forms.EXTERNAL_ID)]
    bucket: Annotated[Bucket, Field(description="takes the runs, and holds what was approved")]
    retention_days: Annotated[int, Field(ge=shortest_copy, le=longest_copy)] = Field(
        description="how long nobody can remove a run; it can never be shortened"
    )
    sites: dict[Name, WatchedSite] = Field(min_length=1)

    @property
    def minutes(self) -> int:
        """The minutes between two runs."""
        return int(self.every.split()[0])


class WatchDeclaration(Declaration):
    """An inspector's own stack: a schedule, and no site of anybody's."""

    subjects: Any = ()
    data_classes: Any = Field(default_factory=dict)
    segments: Any = Field(default_factory=dict)
    keys: Any = Field(default_factory=dict)
    gateways: Any = Field(default_factory=dict)
    sites: Any = Field(default_factory=dict)
    schedule: Schedule


def caller_role(declaration: WatchDeclaration) -> str:
    """Return what the role is called by which the scheduler calls the program."""
    return f"{declaration.enclave}-watch-schedule"


def _policy_size(schedule: Schedule) -> int:
    """Return about how many letters the program's policy takes (components.aws.schedule_policies)."""
    of_sites = sum(
        SITE_REST + len(site.role) + 2 * (len(schedule.bucket) + len(name)) for name, site in schedule.sites.items()
    )
    return POLICY_REST + of_sites


def check_watching(declaration: WatchDeclaration, names: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what is wrong with an inspector's stack; ``names`` is the declaration as it was written."""
    for name in names:
        if name not in OWN:
            message = f"an inspector's own stack has no '{cut(str(name))}'; it has {listed(OWN)}"
            yield (name,), message
    yield from check_aws_tags(declaration)
    schedule = declaration.schedule
    registry = f"{schedule.account}.dkr.ecr.{schedule.region}.amazonaws.com/"
    if not schedule.image.startswith(registry):
        message = f"AWS Lambda takes images of its own account and region alone; push it to {registry}… and name that"
        yield ("schedule", "image"), message
    if schedule.role == caller_role(declaration):
        message = f"'{schedule.role}' is what the schedules' own role is called; name the program's otherwise"
        yield ("schedule", "role"), message
    if (size := _policy_size(schedule)) > POLICY_LETTERS:
        message = f"its policy would take about {size:,} letters for {len(schedule.sites)} sites, and IAM takes"
        yield ("schedule", "sites"), f"{message} {POLICY_LETTERS:,}; give some sites a stack of their own"
    for name, site in schedule.sites.items():
        if site.role.split(":")[4] == schedule.account:
            message = f"{schedule.account} is the inspector's own account; name the role in the site's account"
            yield ("schedule", "sites", name, "role"), message
