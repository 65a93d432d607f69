"""Links of API Gateway: open to the internet, unless every API that uses one is private and lets in by endpoints only.

Source: API Gateway developer guide, "Private REST APIs", "VPC link integrations".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.iam.documents import statements
from enclave_policies.network.aws import types
from enclave_policies.network.aws.balancers import listened
from enclave_policies.network.aws.values import dicts, told
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.shapes import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.iam.documents import Statement
    from enclave_policies.network.aws.elements import Host
    from enclave_policies.network.aws.references import References
    from enclave_policies.network.ports import PortSet
    from enclave_policies.resources.resource import Resource

LINKS: Final = ("aws:apigateway/vpcLink:VpcLink", "aws:apigatewayv2/vpcLink:VpcLink")
REST_API: Final = "aws:apigateway/restApi:RestApi"
REST_INTEGRATION: Final = "aws:apigateway/integration:Integration"
OTHER_INTEGRATION: Final = "aws:apigatewayv2/integration:Integration"
POLICY: Final = "aws:apigateway/restApiPolicy:RestApiPolicy"
INVOKED: Final = "execute-api"
"""The service whose endpoints private APIs are asked over."""
PLACES: Final = ("aws:sourcevpce", "aws:sourcevpc")
"""Condition keys that tell from where somebody asks."""
EQUAL: Final = frozenset({"stringequals", "stringlike", "foranyvalue:stringequals"})
UNEQUAL: Final = frozenset({"stringnotequals", "stringnotlike"})


class Relay(NamedTuple):
    """What a private API passes on: from its endpoints to the balancers behind a link, on their listeners' ports."""

    link: Resource
    name: str
    callers: tuple[Host, ...]
    targets: tuple[Host, ...]
    ports: PortSet

    def __str__(self) -> str:
        """Return what it is called in messages."""
        return f"API {self.name} passes on over link {self.link.name}"


class Open(NamedTuple):
    """A link that is open, or that nobody knows to be closed, and why."""

    link: Resource
    why: str


def links(references: References, hosts: list[Host]) -> Iterator[Relay | Open]:
    """Yield what each link opens, and what it passes on where it is closed."""
    for link in references.all(*LINKS):
        apis = list(_users(references, link))
        why = _why_open(references, apis)
        if why is not None:
            yield Open(link, why)
            continue
        targets = _targets(references, link, hosts)
        for api in apis:
            callers = _callers(references, api, hosts) if api is not None else None
            if callers is None and targets:
                yield Open(link, "it is asked over endpoints that are not of this stack")
            elif api is not None:
                ports = listened(references, [host.urn for host in targets])
                yield Relay(link, api.name, tuple(callers or ()), tuple(targets), ports)


def _users(references: References, link: Resource) -> Iterator[Resource | None]:
    """Yield the APIs that use a link, None for one that is not known."""
    seen: set[str] = set()
    for integration in references.naming(REST_INTEGRATION, "connectionId", LINKS).get(link.urn, ()):
        api = references.one(integration, "restApi", (REST_API,)).one
        if api is None or api.urn not in seen:
            yield api
        seen |= {api.urn} if api is not None else set()
    for _ in references.naming(OTHER_INTEGRATION, "connectionId", LINKS).get(link.urn, ()):
        yield None
    for api in references.all(REST_API):
        written = link.outputs.get("id")
        named = isinstance(written, str) and written in str(api.props.get("body"))
        if (named or link.urn in api.depends.get("body", ())) and api.urn not in seen:
            seen.add(api.urn)
            yield api


def _why_open(references: References, apis: list[Resource | None]) -> str | None:
    if not apis:
        return "it names no API"
    if None in apis:
        return "an API that is public, or not of this stack, uses it"
    for api in apis:
        if api is not None and not _is_private(api):
            return f"API {api.name} is public"
        if api is not None and not _is_bound(references, api):
            return f"API {api.name} lets in whoever has an endpoint, in any account"
    return None


def _is_private(api: Resource) -> bool:
    every = [block.get("types") for block in dicts(told(api, "endpointConfiguration"))]
    return bool(every) and all(kind in ("PRIVATE", ["PRIVATE"]) for kind in every)


def _documents(references: References, api: Resource) -> Iterator[tuple[Resource, Any]]:
    if api.props.get("policy") not in (None, ""):
        yield api, api.props["policy"]
    for apart in references.naming(POLICY, "restApiId", (REST_API,)).get(api.urn, ()):
        yield apart, apart.props.get("policy")


def _is_bound(references: References, api: Resource) -> bool:
    """Return whether a private API lets in named principals, or by named endpoints and networks, only.

    Without a policy it lets in nobody. Whether a named principal is the enclave's, JUR-010 judges.
    """
    for holder, policy in _documents(references, api):
        if policy is UNKNOWN:
            if not _places_depended(references, holder):
                return False
            continue
        every = list(statements(parsed(policy) if isinstance(policy, str) else policy))
        if any(_denies_elsewhere(one) for one in every):
            continue
        if not every or any(one.allows and not _is_of_somebody(one) for one in every):
            return False
    return True


def _is_of_somebody(statement: Statement) -> bool:
    bound = any(operator in EQUAL for key in PLACES for operator, _ in statement.conditions.get(key, ()))
    named = bool(statement.principals) and not any(who == "*" or who is UNKNOWN for _, who in statement.principals)
    return bound or (named and not statement.everyone_but)


def _denies_elsewhere(statement: Statement) -> bool:
    """Return whether a statement denies everybody who does not come from a named place."""
    elsewhere = any(operator in UNEQUAL for key in PLACES for operator, _ in statement.conditions.get(key, ()))
    everybody = any(who == "*" for _, who in statement.principals)
    return not statement.allows and elsewhere and everybody and len(statement.conditions) == 1


def _places_depended(references: References, holder: Resource) -> list[Resource]:
    found = (references.by_urn.get(urn) for urn in holder.depends.get("policy", ()))
    return [one for one in found if one is not None and one.type in (types.ENDPOINT, *types.VPC)]


def _callers(references: References, api: Resource, hosts: list[Host]) -> list[Host] | None:
    """Return the endpoints over which an API is asked, None where one is not of the stack, or nobody knows."""
    endpoints: dict[str, Resource] = {}
    given = [block.get("vpcEndpointIds") for block in dicts(told(api, "endpointConfiguration"))]
    named: list[Any] = [each for one in given for each in (one if isinstance(one, list) else [one])]
    sources = [(api, "endpointConfiguration", [one for one in named if one is not None])]
    for holder, policy in _documents(references, api):
        if policy is UNKNOWN:
            for place in _places_depended(references, holder):
                endpoints |= _endpoints_of(references, place)
            continue
        document = parsed(policy) if isinstance(policy, str) else policy
        sources.append((holder, "policy", list(_named_places(document))))
    for holder, below, values in sources:
        reference = references.of(holder, below, values, (types.ENDPOINT, *types.VPC))
        if reference.foreign or reference.lacking:
            return None
        for place in reference.found:
            endpoints |= _endpoints_of(references, place)
    return [host for host in hosts if host.urn in endpoints] if endpoints else None


def _named_places(document: Any) -> Iterator[Any]:
    if isinstance(document, Mapping):
        for statement in statements(document):
            for key in PLACES:
                for _, values in statement.conditions.get(key, ()):
                    yield from values


def _endpoints_of(references: References, place: Resource) -> dict[str, Resource]:
    if place.type == types.ENDPOINT:
        return {place.urn: place}
    return {
        one.urn: one
        for one in references.naming(types.ENDPOINT, "vpcId", types.VPC).get(place.urn, ())
        if str(told(one, "serviceName")).endswith(f".{INVOKED}")
    }


def _targets(references: References, link: Resource, hosts: list[Host]) -> list[Host]:
    """Return the balancers of the stack that a link leads to; a link of the second kind stands in subnets itself."""
    urns = {one.urn for one in references.one(link, "targetArn", types.BALANCERS).found}
    for integration in references.naming(REST_INTEGRATION, "connectionId", LINKS).get(link.urn, ()):
        urns |= {one.urn for one in references.one(integration, "integrationTarget", types.BALANCERS).found}
    return [host for host in hosts if host.urn in urns or host.urn == link.urn]
