"""Whether hosts in AWS can get their bundles: S3's endpoint stands where the gateways of the site may go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from components.declaration.model import AwsSite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.declaration.found import Found
    from components.declaration.model import Declaration

SERVICE: Final = "s3"
PORT: Final = 443


def check_bundles(declaration: Declaration, *, whole: bool) -> Iterator[Found]:
    """Yield a problem for each gateway whose hosts could never start; ``whole``: all paths could be read."""
    in_aws = any(isinstance(site, AwsSite) and site.provisioned for site in declaration.sites.values())
    if not (in_aws and whole):
        return
    ends = [name for name, segment in declaration.segments.items() if SERVICE in segment.services]
    for name, gateway in declaration.gateways.items():
        at = ("gateways", name, "segment")
        if not ends:
            problem = "hosts in AWS get their bundle from S3, and no segment has its endpoint"
            yield at, f"{problem}; add s3 to the services of a segment that '{gateway.segment}' has a path to"
        elif not any(_leads(declaration, gateway.segment, end) for end in ends):
            where = f"whose endpoint stands in segment '{ends[0]}'"
            way = f"no path leads there from '{gateway.segment}' (tcp {PORT})"
            yield at, f"hosts in AWS get their bundle from S3, {where}, and {way}; put s3 where one leads"


def _leads(declaration: Declaration, source: str, target: str) -> bool:
    return any(
        path.to == target
        and source in path.from_
        and path.protocol == "tcp"
        and any(ports.first <= PORT <= ports.last for ports in path.ports)
        for path in declaration.paths
    )
