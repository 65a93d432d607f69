"""KEY-018: what a cluster's API server stores is encrypted by a key that is not in its configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclave_policies.key_custody.server_encryption import configurations, troubles
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading


def check(reading: Reading) -> Iterator[Finding]:
    """Judge encryption configurations: objects of their own, or texts in the data of another object."""
    for called, path, configuration in configurations(reading.resource):
        for words in _each(configuration):
            yield rule.finding(reading, f"{words} ({called})", at=path)


def _each(configuration: Any) -> Iterator[str]:
    yield from dict.fromkeys(troubles(configuration))


rule = Rule(
    id="KEY-018",
    name="cluster-secrets",
    title="What a cluster's API server stores is encrypted by a key that is not in its configuration.",
    severity="critical",
    remedy="put a provider kms with apiVersion v2 first, for secrets, with a plugin in front of the site's HSM",
    check=check,
    placing=False,
    package="kubernetes",
)
