"""The options that name keys: one for pseudonyms and one that seals vaults, in KMS, on an HSM, or a stand-in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hosts.deidentify.errors import DeidentifyError
from hosts.deidentify.hsm import Hsm
from hosts.deidentify.keys import Kms, StandIn
from hosts.deidentify.ledger import EPOCH
from hosts.deidentify.seals import HsmSeal, KmsSeal, StandInSeal

if TYPE_CHECKING:
    import argparse

    from hosts.deidentify.flow import Flow
    from hosts.deidentify.keys import Maker
    from hosts.deidentify.seals import Seal


def add_vault_options(made: argparse.ArgumentParser) -> None:
    """Add what names the vaults, and the key that seals them."""
    made.add_argument("--vault", type=Path, help="the folder of this host's vaults, which lead from tokens to values")
    made.add_argument("--vault-kms", help="the key that seals vaults in AWS KMS, by its ARN")
    made.add_argument("--region", help="the region of the keys in AWS KMS")
    made.add_argument("--module", type=Path, help="the HSM maker's PKCS#11 library")
    made.add_argument("--token", help="the label of the PKCS#11 token")
    made.add_argument("--vault-key", help="the label of the key that seals vaults on the PKCS#11 token")
    made.add_argument("--pin-file", type=Path, help="holds the PKCS#11 token's user PIN; mode 0600")
    made.add_argument("--stand-in", action="store_true", help="public keys, for the flows of a sandbox only")


def epoch_of(options: argparse.Namespace, flow: Flow) -> str:
    """Return the epoch. Raises DeidentifyError."""
    if not (options.epoch and EPOCH.fullmatch(options.epoch)):
        what = "pseudonyms" if flow.has_pseudonyms else "tokens"
        raise DeidentifyError(
            f"flow '{flow.name}' makes {what}; name their epoch in lower case: --epoch 2026-w48, one for each run"
        )
    return str(options.epoch)


def maker_of(options: argparse.Namespace, flow: Flow) -> Maker:
    """Return who computes the key for pseudonyms. Raises DeidentifyError."""
    _check_one_way(options, "pseudonyms", "kms", "key")
    if options.stand_in:
        _check_stand_in(flow, "a stand-in makes the pseudonyms: anybody can compute them")
        return StandIn()
    if options.kms:
        return Kms(options.kms, _region(options, "--kms"))
    _check_token(options, "--key")
    return Hsm(options.module, options.token, options.key, options.pin_file)


def seal_of(options: argparse.Namespace, flow: Flow) -> Seal:
    """Return who wraps the keys of vaults. Raises DeidentifyError."""
    if options.vault is None:
        raise DeidentifyError(f"flow '{flow.name}' has tokens; name the folder of this host's vaults: --vault DIR")
    _check_one_way(options, "the vaults", "vault-kms", "vault-key")
    if options.stand_in:
        _check_stand_in(flow, "a stand-in seals the vault: anybody can open it")
        return StandInSeal()
    if options.vault_kms:
        return KmsSeal(options.vault_kms, _region(options, "--vault-kms"))
    _check_token(options, "--vault-key")
    return HsmSeal(options.module, options.token, options.vault_key, options.pin_file)


def _check_one_way(options: argparse.Namespace, what: str, kms: str, key: str) -> None:
    given = vars(options)
    if sum(map(bool, (given[kms.replace("-", "_")], given[key.replace("-", "_")], options.stand_in))) != 1:
        raise DeidentifyError(
            f"name one key for {what}: --{kms} with --region, --{key} with the PKCS#11 token, or --stand-in"
        )


def _check_stand_in(flow: Flow, warning: str) -> None:
    if not flow.sandbox:
        raise DeidentifyError("--stand-in hides nobody, so it is for a sandbox's flows; name the real key")
    sys.stderr.write(f"enclave-deidentify: {warning}\n")


def _region(options: argparse.Namespace, needs: str) -> str:
    if not options.region:
        raise DeidentifyError(f"{needs} needs --region; name the region in which the key lies")
    return str(options.region)


def _check_token(options: argparse.Namespace, needs: str) -> None:
    if not (options.module and options.token and options.pin_file):
        raise DeidentifyError(f"{needs} needs --module, --token and --pin-file; name all of them")
