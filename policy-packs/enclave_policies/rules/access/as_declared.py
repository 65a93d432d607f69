"""ACC-014: a gateway knows no network, employer, class, approver or flow, and lets nothing through, but as declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.access.asking import in_words
from enclave_policies.access.bundles import bundles_of
from enclave_policies.access.meant import flows_meant, gateways_meant
from enclave_policies.reading.rule import StackRule
from hosts.gateway.bundle import SETTINGS, settings_of
from hosts.gateway.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.access.meant import Meant
    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Hold each bundle against what the component of its site says of its gateway."""
    for bundle in bundles_of(reading.resource):
        if bundle.files is None:
            continue  # ACC-001 says so
        for problem in _problems(bundle.files, reading.law, stack):
            yield rule.finding(reading, problem, at=bundle.path)


def _problems(files: Mapping[str, str], law: Law, stack: Stack) -> Iterator[str]:
    try:
        settings = settings_of(files[SETTINGS])
    except BundleError:
        return  # ACC-002 says so
    from enclave_policies.access.wider import beyond  # noqa: PLC0415 (loads Cedar, and most audits hold no gateway)

    meant = gateways_meant(stack).get((settings.site, settings.gateway))
    if meant is None:
        yield f"decides as the gateway {settings.gateway} of {settings.site}, which nobody declares"
        return
    yield from (f"{what}, which nobody declares" for what in beyond(settings, meant, flows_meant(stack)))
    yield from _more(files, meant, law)


def _more(files: Mapping[str, str], meant: Meant, law: Law) -> Iterator[str]:
    from enclave_policies.access.wider import wider  # noqa: PLC0415 (as above)

    for one in wider(files, meant.rows, tuple(sorted(law.countries))):
        yield (
            f"lets through ({one.answer.result}, {', '.join(one.answer.rows)}) what the declared rows answer by "
            f"{one.declared}: {in_words(one.question)}"
        )


rule = StackRule(
    id="ACC-014",
    name="as-declared",
    title="A gateway's bundle holds no network, employer, class or approver, and no yes, that nobody declares.",
    severity="critical",
    remedy="let the program compile the bundle from the declaration, and change the declaration if it is to say more",
    check=check,
    placing=False,
)
