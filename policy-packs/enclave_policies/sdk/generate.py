"""Write the generated files of the catalog: what the installed SDKs offer, and the catalog compiled from the tables.

Run ``python -m enclave_policies.sdk.generate`` after an SDK upgrade. It ends with 1 and says what a person must
judge, by the same words as the law that does not load until then.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from enclave_policies.catalog.stored import compile_catalog
from enclave_policies.catalog.tables.offer import FILE, Offer, offer_of, render_offer
from enclave_policies.sdk.source import installed, read_sdk, version
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from enclave_policies.catalog.tables.sdk_type import SdkType

GENERATED: Final = {"aws": "pulumi_aws", "kubernetes": "pulumi_kubernetes"}
WITH_INPUTS: Final = frozenset({"aws"})
"""What a Kubernetes object's inputs mean, rules of their own know: no table of the catalog names them by type."""
FOLDER: Final = Path(__file__).parents[2] / "jurisdiction" / "law" / "catalog"


@lru_cache(maxsize=2)
def sdk(package: str) -> dict[str, SdkType]:
    """Return token → type for one installed SDK; read once per process."""
    return read_sdk(installed(GENERATED[package]))


def render_sdks() -> str:
    """Return the text of sdk.json: what the installed SDKs offer."""
    return render_offer(_sdks(), WITH_INPUTS)


def installed_offer() -> Offer:
    """Return what the installed SDKs offer, the inputs of every package included."""
    return offer_of(_sdks())


def _sdks() -> dict[str, tuple[str, dict[str, SdkType]]]:
    return {package: (f"{module} {version(module)}", sdk(package)) for package, module in GENERATED.items()}


def main(folder: Path = FOLDER) -> int:
    """Write the generated files; report what a person must judge."""
    (folder / FILE).write_text(render_sdks(), encoding="utf-8")
    try:
        compile_catalog(folder, installed_offer())
    except ProblemsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
