"""Which key makes the pseudonyms of answers that leave a gateway, as its authorizer reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.declaration.leaving import PSEUDONYMS, has_pseudonyms
from components.declaration.model import AwsSite
from components.declaration.physical import key_alias

if TYPE_CHECKING:
    from components.declaration.model import Declaration


def pseudonyms_of(declaration: Declaration, site: str, gateway: str) -> dict[str, str]:
    """Return the site's key; nothing where the gateway makes no pseudonyms, or cannot reach the key."""
    flows = {row.flow for row in declaration.gateways[gateway].decide if row.flow}
    where = declaration.sites[site]
    if not has_pseudonyms(declaration, flows):
        return {}
    if declaration.sandbox:
        return {"kind": "stand-in"}
    users = declaration.keys[PSEUDONYMS].users
    if isinstance(where, AwsSite) and users:
        key = key_alias(declaration, site, PSEUDONYMS)
        return {"kind": "kms", "key": key, "region": where.region, "role": users[0]}
    return {}  # no pod reaches the HSM of a site of our own yet, so nothing leaves there (docs/limits.md)
