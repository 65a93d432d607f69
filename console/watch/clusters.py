"""A cluster as the watch reaches it: from a kubeconfig that holds a token or a client certificate."""

from __future__ import annotations

import base64
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.private_folder import private_folder
from hosts.watch.cluster import Cluster
from hosts.watch.errors import WatchError
from located_yaml.files import read_text
from located_yaml.kubeconfig import KubeconfigError, cluster_of, read_kubeconfig, user_of

if TYPE_CHECKING:
    from collections.abc import Mapping


def cluster_in(site: str, text: str, context: str | None = None) -> Cluster:
    """Return the cluster that a kubeconfig names. Raises WatchError."""
    try:
        config = read_kubeconfig(text)
        cluster = cluster_of(config, context)
        user = user_of(config, context)
        return Cluster(str(cluster["server"]), _trusting(cluster, user), str(user.get("token") or ""))
    except KubeconfigError as error:
        raise WatchError(f"the site '{site}' {error}") from None
    except (KeyError, ValueError, OSError) as error:
        told = f"the kubeconfig of the site '{site}' cannot be used ({type(error).__name__}: {error})"
        raise WatchError(f"{told}; it needs a server, its CA, and a token or a client certificate") from None


def _trusting(cluster: Mapping[str, Any], user: Mapping[str, Any]) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=_content(cluster, "certificate-authority"))
    if any(f"client-certificate{end}" in user for end in ("", "-data")):
        with private_folder() as folder:  # OpenSSL reads them from files only
            certificate, key = Path(folder) / "certificate", Path(folder) / "key"
            certificate.write_text(_content(user, "client-certificate"), encoding="ascii")
            key.write_text(_content(user, "client-key"), encoding="ascii")
            context.load_cert_chain(certificate, key)
    elif not user.get("token"):
        raise ValueError("its user has neither")
    return context


def _content(entry: Mapping[str, Any], name: str) -> str:
    """Return what a kubeconfig holds under a name, or names a file of."""
    if data := entry.get(f"{name}-data"):
        return base64.b64decode(str(data), validate=True).decode("ascii")
    return read_text(Path(str(entry[name])), str(entry[name]))
