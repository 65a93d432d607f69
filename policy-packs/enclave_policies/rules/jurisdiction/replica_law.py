"""JUR-055: a replica lies where each of its classes may rest, and goes there on a legal basis, between sites in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.identifiers.shown import shown
from enclave_policies.law.basis import transfer_basis
from enclave_policies.law.placing import unplaced
from enclave_policies.reading.enclave import TYPE, stages_at, subjects_of
from enclave_policies.reading.failover import UnreadableError, failover_of
from enclave_policies.reading.flow import Flow, lacking
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.failover import Replica
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

NOWHERE: Final = "at no known stage"


def check(reading: Reading) -> Iterator[Finding]:
    """Judge each replica by the stages and the countries of its two sites, and each site that people are sent to."""
    try:
        failover = failover_of(reading)
    except UnreadableError as error:
        problem = f"says at {error} what nobody can read, so nobody can tell where its copies go"
        yield rule.finding(reading, problem, verdict="undetermined", at=str(error))
        return
    if failover is None:
        return
    lifecycle, stages = reading.law.lifecycle, stages_at(reading)
    for site in failover.order:
        if stages.get(site) not in lifecycle.with_("holds"):
            problem = (
                f"sends people to site {shown(site)}, which is {stages.get(site) or NOWHERE} (failover.order); "
                f"user data rests at sites that are {' or '.join(lifecycle.with_('holds'))}"
            )
            yield rule.finding(reading, problem, at="failover.order")
    for name, replica in failover.replicas.items():
        yield from _staged(reading, name, replica)
        yield from _based(reading, name, replica)


def _staged(reading: Reading, name: str, replica: Replica) -> Iterator[Finding]:
    """Yield the ends at which no user data may be. A class that is none may go to any site that is built."""
    lifecycle, stages = reading.law.lifecycle, stages_at(reading)
    user_data = replica.classes - lifecycle.without_user_data
    for site, verb, ability in (
        (replica.source, "from", "holds"),
        (replica.target, "to", "takes"),
    ):
        wanted = lifecycle.with_(ability if user_data else "built")
        if stages.get(site) not in wanted:
            path = f"failover.replicas.{name}.{verb}"
            problem = (
                f"would copy data of class {_listed(replica.classes)} {verb} site {shown(site)}, "
                f"which is {stages.get(site) or NOWHERE} ({path}); that needs a site that is {' or '.join(wanted)}"
            )
            yield rule.finding(reading, problem, at=path)


def _based(reading: Reading, name: str, replica: Replica) -> Iterator[Finding]:
    """Yield why a copy may not go where it goes, or may not rest there."""
    law, path = reading.law, f"failover.replicas.{name}.to"
    here, there = _country(reading, replica.source), _country(reading, replica.target)
    if here is None or there is None:
        site = replica.source if here is None else replica.target
        problem = f"would copy data between sites, and does not say in which country {shown(site)} is ({path})"
        yield rule.finding(reading, problem, verdict="undetermined", at=path)
    elif transfer_basis(law, here, there, "copy", replica.classes) is None:
        problem = (
            f"would copy data of class {_listed(replica.classes)} to site {shown(replica.target)} ({path}), "
            f"{lacking(Flow('copy', here, there, None))}"
        )
        yield rule.finding(reading, problem, country=there, at=path)
    else:
        for found in unplaced(law, replica.classes, subjects_of(reading), there):
            lines = f": {' and '.join(found.lines)}" if found.lines else " (law/placement.yaml)"
            problem = (
                f"would keep a copy of data of class {found.data_class} at site {shown(replica.target)} ({path}), "
                f"and no row of the law lets it rest in {there} for {' and '.join(found.regimes)}{lines}"
            )
            yield rule.finding(reading, problem, country=there, at=path)


def _country(reading: Reading, site: str) -> str | None:
    sites = reading.setting("sites")
    told = sites.get(site) if isinstance(sites, dict) else None
    country = told.get("country") if isinstance(told, dict) else None
    return country if isinstance(country, str) else None


def _listed(classes: frozenset[str]) -> str:
    return " and ".join(sorted(classes))


rule = Rule(
    id="JUR-055",
    name="replica-law",
    title="A replica goes on a legal basis to a site in use, where each of its classes may rest for every regime.",
    severity="critical",
    remedy="copy it to a site where the law lets the class rest, and which is live (`enclave site promote`)",
    check=check,
    types=frozenset({TYPE}),
    placing=False,
)
