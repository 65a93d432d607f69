"""Names: property names as AWS writes them, and names made up for resources that were given none."""

import hashlib
import os
from typing import Final

# Where AWS does not simply capitalise the property's name.
_IRREGULAR: Final = {
    "kmsMasterKeyId": "KMSMasterKeyID",
    "sseAlgorithm": "SSEAlgorithm",
    "dnsName": "DNSName",
    "vpcZoneIdentifiers": "VPCZoneIdentifier",
    "targetGroupArns": "TargetGroupARNs",
}
_RANDOM_DIGITS: Final = 7


def aws_name(name: str) -> str:
    """`cidrBlock` → `CidrBlock`, with the irregular ones from the table."""
    return _IRREGULAR.get(name) or name[:1].upper() + name[1:]


def automatic_name(prefix: str, seed: bytes, longest: int) -> str:
    """`<prefix>-<7 hex digits>` of at most `longest` characters; the same seed gives the same digits."""
    digits = hashlib.sha256(seed or os.urandom(16)).hexdigest()[:_RANDOM_DIGITS]
    return f"{prefix[: longest - _RANDOM_DIGITS - 1]}-{digits}"
