"""Keys of the watch: its own, which signs alerts, and those by which gateways sign their checkpoints."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from components.declaration.connections import watches
from console.access.signing import KeyFileError, private_key
from console.inspect.subjects import sandbox_folder
from hosts.watch.errors import WatchError
from hosts.watch.starting import KEY_FILE, WATCH
from hosts.watch.watching import Signer
from located_yaml.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from components.declaration import Declaration


def signer(name: str, key: Path | None) -> Signer | None:
    """Return who signs alerts, None where there is no key. Raises WatchError."""
    return None if key is None else Signer(name, _private(key))


def record_keys(declaration: Declaration, named: Mapping[str, Path]) -> dict[tuple[str, str], str]:
    """Return the public key (base64) of each gateway's checkpoints; ``named`` maps SITE/GATEWAY to a file.

    ``SITE/watch`` is the key of a site's own watch. A sandbox has them in its folder. Raises WatchError.
    """
    found: dict[tuple[str, str], Ed25519PublicKey] = {}
    if declaration.sandbox:
        for site in declaration.sites:
            for gateway in declaration.gateways:
                file = sandbox_folder() / "gateways" / f"{site}-{gateway}" / "record" / "checkpoint.key"
                if file.exists():
                    found[site, gateway] = _private(file).public_key()
        for site in watches(declaration):
            file = watch_key(sandbox_folder() / "gateways", site)
            if file.exists():
                found[site, WATCH] = _private(file).public_key()
    for name, file in named.items():
        site, _, gateway = name.partition("/")
        if site not in declaration.sites or gateway not in (*declaration.gateways, WATCH):
            told = f"write SITE/GATEWAY=FILE, or SITE/{WATCH}=FILE for the site's own watch"
            raise WatchError(f"--record-key {name}=…: there is no such gateway; {told}")
        found[site, gateway] = _public(file)
    return {name: base64.b64encode(key.public_bytes_raw()).decode() for name, key in found.items()}


def watch_key(gateways: Path, site: str) -> Path:
    """Return where a sandbox keeps the key by which a site's own watch signs."""
    return gateways / f"{WATCH}-{site}" / KEY_FILE


def _private(file: Path) -> Ed25519PrivateKey:
    try:
        return private_key(file)
    except KeyFileError as error:
        raise WatchError(str(error)) from None


def _public(file: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(read_bytes(file, str(file)))
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise WatchError(f"{file} is no Ed25519 public key in PEM; `openssl pkey -in KEY -pubout` makes one")
    return key
