"""JUR-045: only people and programs of the enclave are given rights in a cluster."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.objects import entries, mapping, objects_of
from enclave_policies.kubernetes.roles import BINDINGS
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.rules.jurisdiction.kubernetes.judgement import refuse
from enclave_policies.texts.judge import refusals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

ANYBODY = frozenset({"system:anonymous", "system:unauthenticated"})
FOR_ANYBODY = frozenset({"system:public-info-viewer", "kubeadm:bootstrap-signer-clusterinfo", "system:discovery"})
"""Roles that Kubernetes itself gives to anybody: they tell its version and how to join."""
MAILBOX = re.compile(r"(?:.*[:#/])?([\w.+%-]+@([\w.-]+\.[a-zA-Z]{2,}))")
ISSUER = "issuer"


def check(reading: Reading) -> Iterator[Finding]:
    """Judge the users and groups of role bindings; ARNs among them are JUR-011's, other names tell no place."""
    for found in objects_of(reading.resource):
        if found.kind not in BINDINGS or found.custom:
            continue
        role = mapping(found.body.get("roleRef"))
        public = role is not UNKNOWN and role.get("name") in FOR_ANYBODY
        for subject in entries(found.body.get("subjects")):
            given = mapping(subject)
            name = given.get("name") if given is not UNKNOWN else None
            if isinstance(name, str) and given.get("kind") != "ServiceAccount":
                yield from _judge(reading, f"{found.path}subjects.name", name, public=public)


def _judge(reading: Reading, path: str, name: str, *, public: bool) -> Iterator[Finding]:
    if name in ANYBODY:
        if not public:
            yield rule.finding(reading, f"gives rights to anybody who reaches the API server ({path})", where=name)
        return
    mailbox = MAILBOX.fullmatch(name)
    if mailbox and not reading.law.owns_mail(mailbox[1]):
        domain = mailbox[2]
        yield rule.finding(reading, f"gives rights to people of {shown(domain)} ({path})", where=domain)
    elif "://" in name:
        for refusal in refusals(ISSUER, name, reading.law):
            yield from refuse(rule, reading, "gives rights to people of", path, refusal, movement="remote_access")


rule = Rule(
    id="JUR-045",
    name="cluster-subject",
    title="Only people and programs of the enclave are given rights in a cluster.",
    severity="high",
    remedy="bind the role to groups and mailboxes of the enclave (law/approved.yaml: mail_domains)",
    check=check,
    package="kubernetes",
)
