"""JUR-046: whoever logs in to a cluster does so at an issuer of the enclave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.places.placement import KUBERNETES
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.rules.jurisdiction.kubernetes.judgement import refuse
from enclave_policies.texts.judge import refusals
from located_yaml.kubeconfig import KubeconfigError, read_kubeconfig, users_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

CLOUDS_PROGRAMS = frozenset({"gcloud", "gke-gcloud-auth-plugin", "az", "oci", "doctl", "ibmcloud", "tsh", "teleport"})
CLOUDS_PROVIDERS = frozenset({"gcp", "azure"})
VERB = "logs in at"


def check(reading: Reading) -> Iterator[Finding]:
    """Judge the users of a provider's inline kubeconfig: programs that fetch tokens, and issuers."""
    provider = reading.resource.as_provider
    if provider is None or provider.type != KUBERNETES:
        return
    for user in _users(provider.setting("kubeconfig")):
        program, login = mapping(user.get("exec")), mapping(user.get("auth-provider"))
        if program is not UNKNOWN and program:
            yield from _program(reading, program)
        if login is not UNKNOWN and login:
            if login.get("name") in CLOUDS_PROVIDERS:
                yield _cloud(reading, str(login["name"]), "auth-provider")
            config = mapping(login.get("config"))
            for key, value in config.items() if config is not UNKNOWN else ():
                yield from _judge(reading, "auth-provider.config", key, value)


def _users(kubeconfig: Any) -> list[Mapping[str, Any]]:
    """Return the users of an inline kubeconfig; what is no kubeconfig JUR-006 refuses."""
    try:
        return users_of(read_kubeconfig(kubeconfig)) if kubeconfig not in (None, UNKNOWN) else []
    except KubeconfigError:
        return []


def _program(reading: Reading, program: dict[str, Any]) -> Iterator[Finding]:
    command = str(program.get("command")).rpartition("/")[2]
    if command in CLOUDS_PROGRAMS:
        yield _cloud(reading, command, "exec.command")
    flag = ""
    for word in entries(program.get("args")):
        if isinstance(word, str):
            yield from _judge(reading, "exec.args", flag, word)
            flag = word.lstrip("-") if word.startswith("-") and "=" not in word else ""
    for variable in entries(program.get("env")):
        if isinstance(variable, dict):
            yield from _judge(reading, "exec.env", str(variable.get("name")), variable.get("value"))


def _judge(reading: Reading, path: str, key: str, value: Any) -> Iterator[Finding]:
    if isinstance(value, str):
        for refusal in refusals(key, value, reading.law):
            yield from refuse(rule, reading, VERB, f"kubeconfig users.{path}", refusal, movement="remote_access")


def _cloud(reading: Reading, name: str, path: str) -> Finding:
    problem = f"{VERB} a cloud that is not the enclave's, {shown(name)} (kubeconfig users.{path})"
    return rule.finding(reading, problem, verdict="undetermined")


rule = Rule(
    id="JUR-046",
    name="cluster-login",
    title="Whoever logs in to a cluster does so at an issuer of the enclave.",
    severity="high",
    remedy="log in at an issuer of the enclave's DNS zones, or with a certificate",
    check=check,
    package="pulumi",
)
