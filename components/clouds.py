"""How the program reaches its clouds: the local stand-ins of a sandbox, or what the stack's configuration says."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from components.declaration.model import AwsSite, Identity, KubernetesSite
from located_yaml.files import read_text
from located_yaml.kubeconfig import KubeconfigError, ca_sha256, cluster_of, read_kubeconfig
from located_yaml.kubeconfig_secrets import may_hold_credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from components.declaration.model import Declaration


NO_AUTHORITY: Final = "no certificate authority of its cluster, or more than one"
EMBED: Final = "write it with `kubectl config view --minify --flatten --raw`"


class CloudProblem(ValueError):  # noqa: N818  its text is what the user reads
    """Why a cloud cannot be reached, and the next step."""


@dataclass(frozen=True)
class ClusterAccess:
    """A cluster's kubeconfig, shown to belong to the declared certificate authority."""

    ca_sha256: str
    kubeconfig: str = field(repr=False)
    context: str | None = None

    @property
    def is_secret(self) -> bool:
        """Whether the kubeconfig holds a credential, or may hold one: what nobody can read may hold anything."""
        try:
            return may_hold_credentials(read_kubeconfig(self.kubeconfig))
        except KubeconfigError:
            return True

    @property
    def server(self) -> str | None:
        """The cluster's address, None where the kubeconfig tells none."""
        try:
            server = urlsplit(str(cluster_of(read_kubeconfig(self.kubeconfig), self.context).get("server", "")))
        except (ValueError, KubeconfigError):
            return None
        return server._replace(netloc=server.netloc.rpartition("@")[2]).geturl()


@dataclass(frozen=True)
class OrganizationAccess:
    """Where service control policies are made and attached: management account, region of the calls, target."""

    account: str
    region: str
    target: str


@dataclass(frozen=True)
class Clouds:
    """What the providers of a stack are configured with; ``aws_endpoint`` is set only in a sandbox.

    ``organization`` is None where the declaration names none or has no site in AWS. ``identity`` is the declared
    provider of people's identities, or a sandbox's stand-in.
    """

    aws_endpoint: str | None
    clusters: Mapping[str, ClusterAccess]
    organization: OrganizationAccess | None = None
    identity: Identity | None = None


def clouds_of(declaration: Declaration, config: Callable[[str], str | None]) -> Clouds:
    """Return how a stack reaches its clouds.

    ``config`` reads a value of the stack's configuration (``kubeconfig-SITE``). Raises CloudProblem.
    """
    return _sandbox(declaration) if declaration.sandbox else _configured(declaration, config)


def _sandbox(declaration: Declaration) -> Clouds:
    folder = Path(os.environ.get("ENCLAVE_SANDBOX") or ".sandbox")
    try:
        register = json.loads(_text(folder / "register.json"))
        endpoint: str = register["aws"]["endpoint"]
        clusters = {
            name: ClusterAccess(entry["ca_sha256"], _text(Path(entry["kubeconfig"])))
            for name, entry in register["kubernetes"].items()
        }
        account: str = register["aws"]["account"]
        root: str = register["aws"]["organization_root"]
        identity = Identity.model_validate(register["identity"])
    except (ValueError, KeyError, TypeError):
        raise CloudProblem(f"no running sandbox in '{folder}'; start it with `make up`") from None
    missing = [name for name in _kubernetes_sites(declaration) if name not in clusters]
    if missing:
        known = ", ".join(clusters) or "none"
        raise CloudProblem(f"the sandbox has no cluster for site '{missing[0]}' (it has: {known}); rename the site")
    region = _first_region(declaration)
    organization = OrganizationAccess(account, region, root) if region else None
    return Clouds(endpoint, clusters, organization, identity)


def _text(file: Path) -> str:
    return read_text(file, str(file))


def _configured(declaration: Declaration, config: Callable[[str], str | None]) -> Clouds:
    clusters: dict[str, ClusterAccess] = {}
    for name, site in _kubernetes_sites(declaration).items():
        if site.cluster is None:
            raise CloudProblem(f"site '{name}' declares no cluster")
        text = config(f"kubeconfig-{name}")
        if text is None:
            raise CloudProblem(
                f"no kubeconfig for site '{name}'; "
                f"set it with `pulumi config set --secret kubeconfig-{name} < KUBECONFIG-FILE`"
            )
        try:
            found = ca_sha256(cluster_of(read_kubeconfig(text), site.cluster.context))
        except KubeconfigError as error:
            raise CloudProblem(f"site '{name}' {error}; set another as kubeconfig-{name}") from None
        if found is None:
            raise CloudProblem(f"the kubeconfig of site '{name}' holds {NO_AUTHORITY}; {EMBED}")
        if found != site.cluster.ca_sha256:
            raise CloudProblem(
                f"the kubeconfig of site '{name}' trusts a certificate authority with SHA-256 {found}, "
                f"but {site.cluster.ca_sha256} is declared; this is another cluster"
            )
        clusters[name] = ClusterAccess(found, text, site.cluster.context)
    declared, region = declaration.organization, _first_region(declaration)
    organization = OrganizationAccess(declared.account, region, declared.target) if declared and region else None
    return Clouds(None, clusters, organization, declaration.identity)


def _first_region(declaration: Declaration) -> str | None:
    """Return the region of the first site in AWS: an organization has none, but its provider needs one.

    A site that is left is none: its region is let in for what is of the site, and for nothing else.
    """
    sites = declaration.sites.values()
    return next((site.region for site in sites if isinstance(site, AwsSite) and _stays(site)), None)


def _kubernetes_sites(declaration: Declaration) -> dict[str, KubernetesSite]:
    return {
        name: site for name, site in declaration.sites.items() if isinstance(site, KubernetesSite) and site.provisioned
    }


def _stays(site: AwsSite) -> bool:
    return site.provisioned and site.role == "enclave"
