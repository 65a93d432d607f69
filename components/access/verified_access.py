"""A gateway's table as a policy of an AWS Verified Access endpoint, as far as that service can ask what the table asks.

An endpoint knows no path and no purpose, so each route and purpose has an endpoint of its own. It reads no grant, keeps
no record before it answers, and changes no data: rows that need one of these are left out. Sources: AWS Verified Access
user guide, "Policy statement structure" and "Default context"; Cedar reference, "ip" and "isInRange".
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.access.policies import one_of, row_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from components.declaration.model import Decision, Declaration


@dataclass(frozen=True)
class Exported:
    """``policy`` is Cedar; ``left_out`` maps each row that cannot be exported to the reason."""

    policy: str
    left_out: Mapping[str, str]


def exported(declaration: Declaration, gateway: str, route: str, purpose: str, provider: str) -> Exported:
    """Return the policy for one route and purpose; ``provider`` is the trust provider's policy reference name.

    The policy is "" where no row permits: Verified Access then blocks everybody.
    """
    asked = declaration.routes[route].class_
    rows = {
        row_name(index): row
        for index, row in enumerate(declaration.gateways[gateway].decide)
        if asked in row.class_ and purpose in row.purpose
    }
    left_out = {name: reason for name, row in rows.items() if (reason := _why_not(row))}
    kept = {name: row for name, row in rows.items() if name not in left_out}
    networks = _networks(declaration)
    said = [_statement(name, row, provider, networks) for name, row in kept.items()]
    if not any(row.result == "allow" for row in kept.values()):
        said = []
    return Exported("\n".join(said), left_out)


def _why_not(row: Decision) -> str:
    if row.needs and row.result != "deny":
        return f"it needs {', '.join(row.needs)}, and Verified Access can ask for none of these"
    if row.result == "pseudonymise":
        return "it pseudonymises, and Verified Access passes data on as they are"
    return ""


def _networks(declaration: Declaration) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in declaration.entries:
        if entry.country:
            found.setdefault(entry.country, []).extend(str(network) for network in entry.from_)
    return found


def _statement(name: str, row: Decision, provider: str, networks: Mapping[str, Sequence[str]]) -> str:
    identity = f"context.{provider}"
    conditions = [
        one_of(f"{identity}.country", row.from_),
        one_of(f"{identity}.employer", row.employer),
    ]
    effect = "forbid"
    if row.result == "allow":
        effect = "permit"
        conditions.append(f"({' || '.join(_agreeing(identity, row, networks)) or 'false'})")
    when = " &&\n  ".join(conditions)
    return f'@id("{name}")\n{effect} (principal, action, resource)\nwhen {{\n  {when}\n}};\n'


def _agreeing(identity: str, row: Decision, networks: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield what holds where the network of arrival lies in the country that the identity provider names."""
    for country in row.from_:
        for network in networks.get(country, ()):
            inside = f"ip(context.http_request.client_ip).isInRange(ip({json.dumps(network)}))"
            yield f"({identity}.country == {json.dumps(country)} && {inside})"
