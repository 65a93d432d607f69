"""The register of a running sandbox: where the stand-ins are and how they are known."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.files import read_whole, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping


class NoSandboxError(Exception):
    """No sandbox is running here; the text names the next step."""


@dataclass(frozen=True)
class Cluster:
    """One Kubernetes cluster; `ca_sha256` is the fingerprint (hex, of the DER form) of its CA, its identity."""

    server: str
    ca_sha256: str
    kubeconfig: Path


@dataclass(frozen=True)
class Register:
    """A healthy sandbox; `generation` is new whenever moto's memory is, `kubernetes` maps a site to its cluster.

    `organization_root` is the id of the root of the organization that `aws_account` manages. `identity` is the stand-in
    identity provider: issuer, audience and its public keys.
    """

    generation: str
    aws_endpoint: str
    aws_account: str
    kubernetes: Mapping[str, Cluster]
    organization_root: str
    identity: Mapping[str, str]


def write(path: Path, register: Register) -> None:
    """Write the register in one step."""
    content = {
        "generation": register.generation,
        "aws": {
            "endpoint": register.aws_endpoint,
            "account": register.aws_account,
            "organization_root": register.organization_root,
        },
        "identity": dict(register.identity),
        "kubernetes": {
            site: {
                "server": cluster.server,
                "ca_sha256": cluster.ca_sha256,
                "kubeconfig": str(cluster.kubeconfig),
            }
            for site, cluster in register.kubernetes.items()
        },
    }
    write_whole(path, json.dumps(content, indent=2) + "\n")


def read(path: Path) -> Register:
    """Return the register in `path`.

    Raises:
        NoSandboxError: there is none, or it is unusable.
    """
    try:
        content = json.loads(read_whole(path))
        return Register(
            generation=content["generation"],
            aws_endpoint=content["aws"]["endpoint"],
            aws_account=content["aws"]["account"],
            kubernetes={
                site: Cluster(cluster["server"], cluster["ca_sha256"], Path(cluster["kubeconfig"]))
                for site, cluster in content["kubernetes"].items()
            },
            organization_root=content["aws"]["organization_root"],
            identity=content["identity"],
        )
    except FileNotFoundError:
        raise NoSandboxError(f"No sandbox is running in {path.parent}; start it with `make up`.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoSandboxError(
            f"{path} is unusable ({type(error).__name__}: {error}); write it anew with `make up`."
        ) from error
