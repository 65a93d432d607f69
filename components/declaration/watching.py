"""The declaration of an inspector's own stack: the schedule by which its program looks at sites in AWS.

It is a stack of its own, in the inspector's account: whoever operates the sites can neither see nor stop it there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field

from components.declaration import forms
from components.declaration.model import (
    AccountId,
    Declaration,
    ImageDigest,
    Name,
    Record,
    RoleName,
    longest_copy,
    shortest_copy,
)
from components.declaration.words import cut, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from components.declaration.found import Found

OWN: Final = ("enclave", "sandbox", "contact", "tags", "schedule")
"""What such a declaration says; the rest of a declaration is about sites, of which it has none."""


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
    alerts: Annotated[str, Field(pattern=forms.ISSUER, description="where alerts go, an https address")]
    external_id: Annotated[str, Field(pattern=forms.EXTERNAL_ID)]
    bucket: Annotated[str, Field(pattern=forms.BUCKET, description="takes the runs, and holds what was approved")]
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


def check_watching(declaration: WatchDeclaration, names: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what is wrong with an inspector's stack; ``names`` is the declaration as it was written."""
    for name in names:
        if name not in OWN:
            message = f"an inspector's own stack has no '{cut(str(name))}'; it has {listed(OWN)}"
            yield (name,), message
    schedule = declaration.schedule
    registry = f"{schedule.account}.dkr.ecr.{schedule.region}.amazonaws.com/"
    if not schedule.image.startswith(registry):
        message = f"AWS Lambda takes images of its own account and region alone; push it to {registry}… and name that"
        yield ("schedule", "image"), message
    for name, site in schedule.sites.items():
        if site.role.split(":")[4] == schedule.account:
            message = f"{schedule.account} is the inspector's own account; name the role in the site's account"
            yield ("schedule", "sites", name, "role"), message
