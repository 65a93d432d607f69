"""The roles of inputs: what an input that carries a place does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Role = Literal[
    "region:destination",
    "region:link",
    "region:source",
    "region:metadata",
    "region:filter",
    "region:opens",
    "region:place",
    "region-keys:destination",
    "zone",
    "edge",
    "account",
    "bucket:destination",
    "bucket:source",
    "url",
    "host",
    "network",
    "image",
    "mail",
    "subnet",
    "hosted-zone",
    "joins",
    "document",
    "template",
    "no-place",
    "words",
]

ROLES: Final[Mapping[str, str]] = {
    "region:destination": "a region that data or resources are put into",
    "region:link": "a region that traffic, queries or control go to",
    "region:source": "a region that data is pulled from",
    "region:metadata": "a region that only configuration or findings are pulled from: allowed",
    "region:filter": "a region that is only looked for: allowed",
    "region:opens": "a region that is opened for later use: a precursor",
    "region:place": "the type's own region, although not the v7 override",
    "region-keys:destination": "a map whose keys are regions that data or resources are put into",
    "zone": "an availability zone, by name or id",
    "edge": "an Outpost, local or carrier gateway, network border group, building: not told by a region",
    "account": "an account id or a principal",
    "bucket:destination": "an S3 bucket that is written to, by name or s3://",
    "bucket:source": "an S3 bucket that is read from, by name or s3://",
    "url": "a URL",
    "host": "a host or domain name",
    "network": "an IP address or CIDR block",
    "image": "a container or machine image",
    "mail": "an e-mail address",
    "subnet": "a subnet's id",
    "hosted-zone": "a Route 53 hosted zone's id",
    "joins": "membership in something that spans regions, or a copy of something named by id",
    "document": "a JSON policy document: parsed",
    "template": "text whose meaning another system decides",
    "no-place": "no place of its own: the value's shape (an ARN, a URL, a region) tells whether it names one",
    "words": "names, filters and words for people: whatever stands there, and below it, nothing acts on it",
}
