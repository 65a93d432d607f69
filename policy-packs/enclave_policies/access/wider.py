"""Where a bundle goes beyond what is declared of its gateway: in its settings, and in what its policies let through.

It loads Cedar, so import it only where there is a bundle: most audits hold no gateway.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING

from enclave_policies.access.domain import Apart, domain_of
from enclave_policies.access.proof import MOST, decider_of
from enclave_policies.identifiers.shown import shown
from hosts.gateway.bundle import POLICIES, SCHEMA, SETTINGS, settings_of
from hosts.gateway.decision import DENY, PSEUDONYMISE, STRICTEST_FIRST
from hosts.gateway.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from enclave_policies.access.meant import Meant, Network
    from enclave_policies.access.rows import Row
    from hosts.gateway.bundle import Settings
    from hosts.gateway.decision import Answer, Question


@dataclass(frozen=True)
class Wider:
    """A question to which a bundle says more than the declared rows do, and both answers."""

    question: Question
    answer: Answer
    declared: str


def beyond(settings: Settings, meant: Meant, flows: Collection[str] = ()) -> Iterator[str]:
    """Yield what settings say that is not declared; less than that is nobody's harm.

    ``flows`` are the lines of the declared leaving flows.
    """
    for network, country in settings.networks.items():
        if not any(country == known and _inside(network, wide) for wide, known in meant.networks.items()):
            yield f"takes whoever comes from {network} for somebody in {country}"
    yield from _of_people(settings, meant)
    known = (row.result for row in meant.rows if row.result in STRICTEST_FIRST)
    most = max(map(STRICTEST_FIRST.index, known), default=0)
    for name, result in settings.results.items():
        if STRICTEST_FIRST.index(result) > most:
            yield f"has a row that lets people through ({name}: {result})"
    if settings.alerts != meant.alerts:
        yield f"sends alerts to {shown(settings.alerts) if settings.alerts else 'nobody'}"
    yield from _reclassed(settings, meant)
    for line in settings.leaving.splitlines():
        if line not in flows:
            yield f"lets answers leave by {shown(line)}"
    if settings.pseudonyms and settings.pseudonyms != meant.pseudonyms:
        yield f"makes pseudonyms by the key {shown(str(settings.pseudonyms.get('key', 'of a stand-in')))}"


def _of_people(settings: Settings, meant: Meant) -> Iterator[str]:
    for name, employer in settings.employers.items():
        if meant.employers.get(name) != employer:
            yield f"knows {name} as an employer in {employer.country}, controlled from {employer.controlled_from}"
    for purpose in sorted(settings.purposes - meant.purposes):
        yield f"knows the purpose {purpose}"
    for name, key in settings.grant_keys.items():
        if meant.approvers.get(name) != key:
            yield f"lets {name} approve grants by the key {key}"


def _inside(network: Network, wide: Network) -> bool:
    if isinstance(network, IPv4Network) and isinstance(wide, IPv4Network):
        return network.subnet_of(wide)
    return isinstance(network, IPv6Network) and isinstance(wide, IPv6Network) and network.subnet_of(wide)


def _reclassed(settings: Settings, meant: Meant) -> Iterator[str]:
    """Yield prefixes that the bundle takes for data of another class; what it knows no route for, it refuses."""
    for prefix in sorted({*meant.routes, *(route.prefix for route in settings.routes)}):
        data_class = next((one.data_class for one in settings.routes if prefix.startswith(one.prefix)), None)
        fitting = [known for known in meant.routes if prefix.startswith(known)]
        declared = meant.routes[max(fitting, key=len)] if fitting else None
        if data_class is not None and data_class != declared:
            known = f"{declared} is declared" if declared else "no route is declared there"
            yield f"takes what lies below {prefix} for {data_class} data ({known})"


def wider(files: Mapping[str, str], rows: tuple[Row, ...], countries: tuple[str, ...]) -> tuple[Wider, ...]:
    """Return questions to which a bundle says more than the declared rows; none where its table is no use (ACC-002)."""
    return _wider(files[POLICIES], files[SCHEMA], files[SETTINGS], rows, countries)


@lru_cache(maxsize=16)
def _wider(
    policies: str, schema: str, settings_text: str, rows: tuple[Row, ...], countries: tuple[str, ...]
) -> tuple[Wider, ...]:
    apart = Apart(
        frozenset(country for row in rows for country in row.located),
        frozenset(minutes for row in rows for minutes in row.minutes),
    )
    try:
        settings = settings_of(settings_text)
        decider = decider_of(policies, schema, settings)
        domain = domain_of(policies, settings, (), countries, apart)
    except (BundleError, ValueError):
        return ()
    found: list[Wider] = []
    for question in domain.questions():
        answer, declared = decider.answer(question), result_of(rows, question)
        by = flows_of(rows, question)
        if STRICTEST_FIRST.index(answer.result) > STRICTEST_FIRST.index(declared):
            found.append(Wider(question, answer, declared))
        elif answer.result == declared == PSEUDONYMISE and _by(settings, answer) - by:
            found.append(Wider(question, answer, f"{declared} ({', '.join(sorted(by)) or 'by no flow'})"))
        if len(found) == MOST:
            break
    return tuple(found)


def _by(settings: Settings, answer: Answer) -> set[str]:
    """Return the leaving flows of the rows that an answer rests on."""
    return {settings.flows[row] for row in answer.rows if row in settings.flows}


def flows_of(rows: Iterable[Row], question: Question) -> set[str]:
    """Return the leaving flows by which a table lets an answer leave."""
    return {row.flow for row in rows if row.flow and row.fits(question)}


def result_of(rows: Iterable[Row], question: Question) -> str:
    """Return what a table says: the strictest of all rows that fit, and no where none does."""
    found = {row.result for row in rows if row.fits(question)}
    return next((result for result in STRICTEST_FIRST if result in found), DENY)
