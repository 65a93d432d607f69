"""Client VPNs, each with who dials in and where that leads, as far as it can be known.

What devices send comes out of the Client VPN's interfaces, with their addresses and their security groups (AWS Client
VPN administrator guide, "Rules and best practices"). Whoever may dial in reaches what the authorization rules name
(the same guide, "Authorization rules") and routes, network ACLs and groups of the interfaces let through.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.network.aws import types
from enclave_policies.network.aws.values import dicts, is_false, is_true, network, told
from enclave_policies.network.networks import ANYWHERE, NOWHERE, AddressSet
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.network.aws.references import References
    from enclave_policies.resources.resource import Resource

DEVICE: Final = "certificate-authentication"
PERSON: Final = "federated-authentication"
ENDPOINT: Final = "clientVpnEndpointId"
TRANSIT: Final = "transitGatewayConfiguration"
"""By it devices' packets keep their addresses and go another way than is worked out here."""
FAMILIES: Final = ("endpointIpAddressType", "trafficIpAddressType")
OLD_FAMILY: Final = "ipv4"


@dataclass(frozen=True, slots=True)
class DialIn:
    """One Client VPN of the stack.

    ``clients`` are the addresses that devices get, ``targets`` those that the authorization rules name, ``groups`` the
    people whom they let in. ``server``, ``authority`` and ``provider`` are ARNs; "" where nobody says one.

    ``strange``: why nobody can tell who dials in, or where that leads; it then counts as open to everybody.
    ``lax``: what it lets devices do that stand in an enclave.
    """

    urn: str
    name: str
    clients: AddressSet = ANYWHERE
    targets: AddressSet = ANYWHERE
    groups: frozenset[str] = frozenset()
    server: str = ""
    authority: str = ""
    provider: str = ""
    hours: int | None = None
    strange: tuple[str, ...] = ()
    lax: tuple[str, ...] = ()


def dial_ins(references: References) -> dict[str, DialIn]:
    """Return every Client VPN of a stack by its URN."""
    return {one.urn: _read(references, one) for one in references.all(types.CLIENT_VPN)}


def _read(references: References, endpoint: Resource) -> DialIn:
    parts = {type_: _of(references, endpoint, type_) for type_ in types.OF_CLIENT_VPN}
    rights, routes = parts[types.CLIENT_VPN_RIGHT], parts[types.CLIENT_VPN_ROUTE]
    clients = _network(endpoint, "clientCidrBlock")
    targets = [_network(right, "targetNetworkCidr") for right in rights]
    proofs = dict(_proofs(endpoint))
    hours = endpoint.props.get("sessionTimeoutHours")
    return DialIn(
        endpoint.urn,
        endpoint.name,
        ANYWHERE if clients is None else clients,
        NOWHERE.union(*(ANYWHERE if one is None else one for one in targets)),
        frozenset(_text(right.props.get("accessGroupId")) for right in rights),
        _text(endpoint.props.get("serverCertificateArn")),
        proofs.get(DEVICE, ""),
        proofs.get(PERSON, ""),
        hours if isinstance(hours, int) else int(hours) if isinstance(hours, float) else None,
        (
            *_who(endpoint, proofs),
            *([] if clients else ["it does not say which addresses devices get"]),
            *(text for right in rights for text in _unbound(right)),
            *(f"route {one.name} leads on to {_shown(one, 'destinationCidrBlock')}" for one in routes),
            *_elsewhere(endpoint),
        ),
        tuple(_lax(endpoint)),
    )


def _of(references: References, endpoint: Resource, type_: str) -> list[Resource]:
    return list(references.naming(type_, ENDPOINT, (types.CLIENT_VPN,)).get(endpoint.urn, ()))


def _proofs(endpoint: Resource) -> Iterator[tuple[str, str]]:
    """Yield each way of proving who somebody is, with the ARN of what decides."""
    by = {DEVICE: "rootCertificateChainArn", PERSON: "samlProviderArn"}
    for one in dicts(endpoint.props.get("authenticationOptions")):
        kind = one.get("type")
        yield _text(kind), _text(one.get(by.get(_text(kind), "")))


def _who(endpoint: Resource, proofs: dict[str, str]) -> Iterator[str]:
    """Yield why nobody can tell who dials in: a device needs a certificate and its owner a sign-on, both."""
    if endpoint.props.get("authenticationOptions") is UNKNOWN:
        yield "by what devices and people prove who they are is not known yet"
        return
    if not proofs.get(DEVICE):
        yield "devices need no certificate"
    if not proofs.get(PERSON):
        yield "people need no sign-on (SAML)"
    yield from (f"people may sign on by {kind or 'what is not known yet'}" for kind in proofs.keys() - {DEVICE, PERSON})


def _unbound(right: Resource) -> Iterator[str]:
    """Yield what an authorization rule leaves open."""
    if _network(right, "targetNetworkCidr") is None:
        yield f"{right.name} lets people reach {_shown(right, 'targetNetworkCidr')}"
    if not is_false(right.props.get("authorizeAllGroups", False)) or not _text(right.props.get("accessGroupId")):
        yield f"{right.name} lets in whoever signs on"


def _elsewhere(endpoint: Resource) -> Iterator[str]:
    if endpoint.props.get(TRANSIT):
        yield f"where its {TRANSIT} leads is not worked out"
    for name in FAMILIES:
        if endpoint.props.get(name, OLD_FAMILY) not in (None, OLD_FAMILY):
            yield f"its {name} is {_shown(endpoint, name)}, and {OLD_FAMILY} alone is worked out"


def _lax(endpoint: Resource) -> Iterator[str]:
    """Yield what every declared Client VPN promises and this one does not keep."""
    props = endpoint.props
    if not is_false(props.get("splitTunnel", False)):
        yield "devices stay on their other networks meanwhile (splitTunnel)"
    if not _inner(endpoint, "clientRouteEnforcementOptions", "enforced"):
        yield "devices may change their routes (clientRouteEnforcementOptions)"
    log = dicts(props.get("connectionLogOptions"))
    if not _inner(endpoint, "connectionLogOptions", "enabled") or not all(one.get("cloudwatchLogGroup") for one in log):
        yield "nothing records who dials in (connectionLogOptions)"
    if _may(endpoint, "clientConnectOptions", "enabled"):
        yield "a function says who else may dial in, or whose device is taken (clientConnectOptions)"
    if not _is_on(props.get("disconnectOnSessionTimeout")):
        yield "a session does not end by itself (disconnectOnSessionTimeout)"
    if props.get("selfServicePortal", "disabled") not in (None, "disabled"):
        yield "anybody may ask a portal on the internet for its configuration (selfServicePortal)"


def _inner(endpoint: Resource, name: str, key: str) -> bool:
    """Return whether a block of an endpoint certainly switches something on."""
    found = dicts(endpoint.props.get(name))
    return bool(found) and all(_is_on(one.get(key)) for one in found)


def _may(endpoint: Resource, name: str, key: str) -> bool:
    """Return whether a block of an endpoint switches something on, or could."""
    value = endpoint.props.get(name)
    return value is UNKNOWN or any(is_true(one.get(key)) for one in dicts(value))


def _is_on(value: Any) -> bool:
    return value is not UNKNOWN and is_true(value)


def _network(resource: Resource, name: str) -> AddressSet | None:
    value = told(resource, name)
    return network(value) if isinstance(value, str) and value else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _shown(resource: Resource, name: str) -> str:
    value = told(resource, name)
    return value if isinstance(value, str) and value else "what is not known yet"
