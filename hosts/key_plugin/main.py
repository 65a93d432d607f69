"""`enclave-kms-plugin`: serve the API server, make and rotate its key, ask how it is."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hosts.key_plugin.errors import KeyPluginError
from hosts.result import ResultError, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hosts.key_plugin.vault import Vault

_BAD_INPUT = 2
_LONGEST_LABEL = 200  # bytes
_LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 when done, 1 when an asked plugin is not well, 2 with one message when something cannot be done."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(format=_LOG_FORMAT, level=logging.INFO, stream=sys.stderr)
    try:
        if options.action == "health":
            return _health(options.socket)
        return _ACTIONS[options.action](_vault(options, writable=options.action in _WRITING), options)
    except (KeyPluginError, ResultError) as error:
        sys.stderr.write(f"enclave-kms-plugin: {error}\n")
        return _BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="enclave-kms-plugin",
        description="The Kubernetes KMS v2 plugin of an enclave's site; its keys live in an HSM (PKCS#11).",
    )
    actions = parser.add_subparsers(dest="action", required=True)
    for name, words in (
        ("serve", "answer kube-apiserver on a unix socket"),
        ("create", "make the first version of the key on the token"),
        ("rotate", "make the next version, which encrypts from then on"),
        ("keys", "list the versions; the last one encrypts"),
        ("health", "ask a running plugin; exit 0 if the token does its work"),
    ):
        action = actions.add_parser(name, help=words, description=words)
        if name != "health":
            action.add_argument("--module", type=Path, required=True, help="the HSM maker's PKCS#11 library")
            action.add_argument("--token", required=True, help="the token's label")
            action.add_argument("--key", required=True, help="the key's label (CKA_LABEL)")
            action.add_argument("--pin-file", type=Path, required=True, help="holds the user PIN; mode 0600")
        if name in ("serve", "health"):
            action.add_argument("--socket", type=Path, required=True, help="the unix socket, an absolute path")
    return parser


def _vault(options: argparse.Namespace, *, writable: bool) -> Vault:
    try:
        from hosts.key_plugin.token import Place, Token  # noqa: PLC0415  `health` needs no HSM library
        from hosts.key_plugin.vault import Vault  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise KeyPluginError(f"the Python package {error.name} is missing: pip install 'enclave[hsm]'") from None
    if not options.key.isprintable() or not 0 < len(options.key.encode()) <= _LONGEST_LABEL:
        raise KeyPluginError(f"--key {options.key!r}: 1 to {_LONGEST_LABEL} printable bytes are needed")
    return Vault(Token(Place(options.module, options.token, options.pin_file), writable=writable), options.key)


def _health(path: Path) -> int:
    from hosts.key_plugin.client import health  # noqa: PLC0415  the other actions ask nobody

    found = health(path)
    tell([f"{found.healthz} {found.key_id}".strip()])
    return 0 if found.ok else 1


def _serve(vault: Vault, options: argparse.Namespace) -> int:
    from hosts.key_plugin.server import serve  # noqa: PLC0415  only here is gRPC needed

    serve(vault, options.socket)
    return 0


def _create(vault: Vault, options: argparse.Namespace) -> int:
    del options
    tell([vault.create()])
    return 0


def _rotate(vault: Vault, options: argparse.Namespace) -> int:
    del options
    tell([vault.rotate()])
    return 0


def _keys(vault: Vault, options: argparse.Namespace) -> int:
    del options
    tell(map(str, vault.versions()))
    return 0


_ACTIONS: dict[str, Callable[[Vault, argparse.Namespace], int]] = {
    "serve": _serve,
    "create": _create,
    "rotate": _rotate,
    "keys": _keys,
}
_WRITING = ("create", "rotate")
