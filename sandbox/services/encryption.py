"""What the API server encrypts before it stores it, and by whom: Kubernetes' EncryptionConfiguration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from sandbox.files import write_whole
from sandbox.services import hsm
from sandbox.services.errors import SandboxError
from sandbox.toolchain import softhsm

if TYPE_CHECKING:
    from sandbox.layout import Layout
    from sandbox.toolchain import Toolchain

PROVIDER = "hamar-hsm"
PREFIX = f"k8s:enc:kms:v2:{PROVIDER}:"  # of an encrypted object in etcd
_IDENTITY: dict[str, Any] = {"identity": {}}


def is_on(layout: Layout) -> bool:
    """Tell whether this sandbox's Secrets are encrypted by its HSM."""
    return layout.encryption.exists()


def ensure(layout: Layout, tools: Toolchain) -> None:
    """Have Secrets encrypted wherever there is an HSM; call it before etcd is started.

    Raises:
        SandboxError: they are encrypted already and the HSM is not there any more.
    """
    if tools.softhsm is None:
        if is_on(layout):
            raise SandboxError(
                f"the Secrets of the sandbox in {layout.root} are encrypted by SoftHSM2, which is not there any more: "
                f"install softhsm2, or begin anew with `enclave sandbox down --dir {layout.root}`."
            )
        return
    hsm.ensure(layout, tools.softhsm)
    # Plain Secrets of an earlier sandbox must stay readable; where there are none, a plain one is refused.
    with_plain = _reads_plain(layout) if is_on(layout) else layout.etcd.exists()
    write_whole(layout.encryption, yaml.safe_dump(_content(layout, with_plain=with_plain), sort_keys=False))


def words(layout: Layout) -> str:
    """Say who encrypts this sandbox's Secrets."""
    if is_on(layout):
        return f"Hamar's Secrets are encrypted by key {hsm.KEY} of SoftHSM2, a stand-in for an HSM"
    return softhsm.WITHOUT if softhsm.binding_is_there() else softhsm.WITHOUT_BINDING


def _content(layout: Layout, *, with_plain: bool) -> dict[str, Any]:
    plugin = {"apiVersion": "v2", "name": PROVIDER, "endpoint": f"unix://{hsm.socket(layout)}", "timeout": "3s"}
    providers = [{"kms": plugin}, *([_IDENTITY] if with_plain else [])]
    return {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "EncryptionConfiguration",
        "resources": [{"resources": ["secrets"], "providers": providers}],
    }


def _reads_plain(layout: Layout) -> bool:
    written = yaml.safe_load(layout.encryption.read_text(encoding="utf-8"))
    return any(_IDENTITY in entry["providers"] for entry in written["resources"])
