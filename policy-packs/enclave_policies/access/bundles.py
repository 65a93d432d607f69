"""Where a gateway's configuration bundle stands among a resource's inputs: a ConfigMap, or an object of a bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import objects_of
from hosts.gateway.bundle import FILES, POLICIES, digest_of
from hosts.gateway.packed import files_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.resources.resource import Resource

OBJECTS: Final = frozenset({"aws:s3/bucketObject:BucketObject", "aws:s3/bucketObjectv2:BucketObjectv2"})
CONTENT: Final = "content"
CONFIG_MAP: Final = "ConfigMap"


@dataclass(frozen=True)
class Bundle:
    """A bundle in a resource: the path of its files among the inputs, and the files; None where they are not known.

    ``name`` is what the object is called, which bears the digest, and ``named`` the input that says so. ``fixed``:
    nobody can change it where it lies, or whoever loads it looks at its digest. ``bucket`` is where an object lies,
    None for a ConfigMap.
    """

    path: str
    name: str
    files: Mapping[str, str] | None
    named: str = "metadata.name"
    fixed: bool = True
    bucket: Any = None

    @property
    def digest(self) -> str | None:
        """The digest of its files, None where these are not known."""
        return None if self.files is None else digest_of(self.files)


def bundles_of(resource: Resource) -> Iterator[Bundle]:
    """Yield the bundles that a resource holds."""
    if resource.type in OBJECTS:
        yield from _in_object(resource.props)
        return
    for found in objects_of(resource):
        data = found.body.get("data")
        if found.kind == CONFIG_MAP and isinstance(data, dict) and POLICIES in data:
            metadata = found.body.get("metadata")
            name = metadata.get("name") if isinstance(metadata, dict) else None
            path, fixed = f"{found.path}data", found.body.get("immutable") is True
            yield Bundle(path, str(name), _files(data), fixed=fixed)


def _in_object(props: Mapping[str, Any]) -> Iterator[Bundle]:
    content = props.get(CONTENT)
    if isinstance(content, str) and f'"{POLICIES}"' in content:
        yield Bundle(CONTENT, str(props.get("key")), files_in(content), "key", bucket=props.get("bucket"))


def _files(data: Mapping[str, Any]) -> Mapping[str, str] | None:
    files = {name: data[name] for name in FILES if isinstance(data.get(name), str)}
    return files if len(files) == len(FILES) else None
