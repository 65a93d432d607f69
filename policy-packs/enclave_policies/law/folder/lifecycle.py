"""The stages of a site, checked when the law is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.law.folder.inspectors import KeyNames, wrong_in
from enclave_policies.law.lifecycle import Lifecycle
from located_yaml.records import Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law.folder.document import Where
    from enclave_policies.law.folder.sources import Sources
    from enclave_policies.law.lifecycle import LifecycleFile

FILE: Final = "lifecycle.yaml"


def read_lifecycle(sources: Sources) -> Lifecycle:
    """Return the stages; problems are noted."""
    file = sources.shipped.get(FILE)
    if file is None:
        return Lifecycle({}, frozenset())
    report, content = Report(file.document), file.content
    for path, message in _wrong(content):
        report.refuse(path, message)
    sources.problems += report.problems
    without = frozenset(content.without_user_data)
    return Lifecycle(content.stages, without, content.acceptance, content.accepters)


def _wrong(content: LifecycleFile) -> Iterator[tuple[Where, str]]:
    for name, stage in content.stages.items():
        at: Where = ("stages", name)
        for index, after in enumerate(stage.next):
            if after not in content.stages:
                known = ", ".join(content.stages)
                yield (*at, "next", index), f"'{after}' is no stage; stages: {known}"
        if stage.takes and not stage.holds:
            yield (*at, "takes"), "a site that takes user data holds it; set 'holds', too"
        if stage.holds and not stage.built:
            yield (*at, "holds"), "a site that holds user data has resources; set 'built', too"
    names = KeyNames({}, "a key has one name, and each accepter their own")
    for who, accepter in content.accepters.items():
        for key_id, key in accepter.keys.items():
            where: Where = ("accepters", who, "keys", key_id)
            for message in (*wrong_in(key), *names.wrong(who, key_id, key)):
                yield where, message
