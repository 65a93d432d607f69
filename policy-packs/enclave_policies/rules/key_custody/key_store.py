"""KEY-014: keys that lie outside AWS KMS lie where the law says."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.keyring import KEY
from enclave_policies.key_custody.owner import SITE, tags_of
from enclave_policies.law.folder.custody import custody_of
from enclave_policies.reading.gathered import each, once
from enclave_policies.reading.rule import StackRule
from enclave_policies.reading.stack import sources
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enclave_policies.law.custody import KeyStore
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

STORE = "aws:kms/customKeyStore:CustomKeyStore"
HSM = "aws:cloudhsmv2/cluster:Cluster"
ENDPOINT, CLUSTER = "xksProxyUriEndpoint", "cloudHsmClusterId"
"""Inputs of a store that say where it keeps its keys."""
IN_STORE = "customKeyStoreId"


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge custom key stores, and keys that lie in one."""
    if reading.resource.type == STORE:
        yield from _store(reading, stack)
    elif reading.resource.type == KEY and (named := reading.setting(IN_STORE)):
        yield from _key(reading, named, stack)


def _store(reading: Reading, stack: Stack) -> Iterator[Finding]:
    props = reading.settings
    endpoint, cluster = props.get(ENDPOINT), props.get(CLUSTER)
    if endpoint is UNKNOWN or (cluster is UNKNOWN and not _made_here(reading, CLUSTER, stack)):
        path = ENDPOINT if endpoint is UNKNOWN else CLUSTER
        yield rule.finding(reading, "keeps keys at a place that is not known yet", verdict="undetermined", at=path)
    elif endpoint and _declared(reading, endpoint=endpoint) is None:
        problem = f"keeps keys behind {shown(str(endpoint))}, which the law does not list"
        yield rule.finding(reading, problem, at=ENDPOINT)
    elif (
        isinstance(cluster, str)
        and cluster
        and not (_declared(reading, cluster=cluster) or _named(HSM, cluster, stack))
    ):
        problem = f"keeps keys in the HSM cluster {shown(cluster)}, which the law does not list"
        yield rule.finding(reading, problem, at=CLUSTER)
    elif not endpoint and not cluster:
        yield rule.finding(reading, "does not say where it keeps keys", verdict="undetermined", at=CLUSTER)


def _key(reading: Reading, named: Any, stack: Stack) -> Iterator[Finding]:
    """A store of this stack was judged itself; the key must be of the site where the law says the store is."""
    made = (
        [one for one in sources(reading, IN_STORE, stack) if one.resource.type == STORE]
        if named is UNKNOWN
        else _named(STORE, str(named), stack)
    )
    if not made:
        problem = "lies in a key store that is not of this stack, so its place was not judged"
        yield rule.finding(reading, problem, verdict="undetermined", at=IN_STORE)
    for store in made:
        listed = _declared(
            reading,
            endpoint=store.setting(ENDPOINT),
            cluster=store.setting(CLUSTER),
        )
        site = tags_of(reading).get(SITE)
        if listed is not None and site != listed.site:
            problem = f"is a key of site '{site}' that lies at site '{listed.site}'"
            yield rule.finding(reading, problem, where=listed.site, at=IN_STORE)


def _declared(reading: Reading, *, endpoint: Any = None, cluster: Any = None) -> KeyStore | None:
    stores = custody_of(reading.law).decided.key_stores.values()
    return next(
        (one for one in stores if (endpoint and one.endpoint == endpoint) or (cluster and one.cluster == cluster)), None
    )


def _named(type_: str, name: str, stack: Stack) -> Sequence[Reading]:
    return _called(stack).get((type_, name), ())


@once
def _called(stack: Stack) -> Mapping[tuple[str, str], Sequence[Reading]]:
    """Return key stores and HSM clusters by what they are called."""
    found: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for type_ in (STORE, HSM):
        for one, names in each(stack, stack.of_type(type_), lambda one: (one, _texts(one, "id", "clusterId"))):
            for name in dict.fromkeys(names):
                found[type_, name].append(one)
    return found


def _texts(reading: Reading, *names: str) -> list[str]:
    return [value for name in names if isinstance(value := reading.resource.outputs.get(name), str)]


def _made_here(reading: Reading, path: str, stack: Stack) -> bool:
    return any(one.resource.type == HSM for one in sources(reading, path, stack))


rule = StackRule(
    id="KEY-014",
    name="key-store",
    title="Keys that lie outside AWS KMS lie where the law says.",
    severity="critical",
    remedy="list the key store with its place (key_stores in law/custody.yaml), or keep the key in AWS KMS",
    check=check,
    types=frozenset({STORE, KEY}),
    placing=False,
    package="aws",
)
