"""Where everything of one sandbox lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """The paths inside a sandbox directory; `root` is absolute."""

    root: Path

    @classmethod
    def of(cls, directory: Path | str) -> Layout:
        """Return the layout of `directory`, made absolute."""
        return cls(Path(directory).expanduser().absolute())

    @property
    def mark(self) -> Path:
        """What tells that a sandbox made this folder."""
        return self.root / "made-by-enclave-sandbox.json"

    @property
    def names(self) -> frozenset[str]:
        """What a sandbox makes in its folder; all else there is somebody else's."""
        own = (name for name, value in vars(Layout).items() if isinstance(value, property) and name != "names")
        return frozenset(getattr(self, name).name for name in own)

    @property
    def register(self) -> Path:
        """The record of a healthy sandbox: endpoints and identities."""
        return self.root / "register.json"

    @property
    def law(self) -> Path:
        """The overlay by which policy packs know the stand-ins."""
        return self.root / "law.yaml"

    @property
    def ports(self) -> Path:
        """The ports of the last start."""
        return self.root / "ports.json"

    @property
    def lock(self) -> Path:
        """Held while a sandbox is started or stopped."""
        return self.root / "lock"

    @property
    def logs(self) -> Path:
        """One log per service."""
        return self.root / "logs"

    @property
    def pids(self) -> Path:
        """One process record per service."""
        return self.root / "pids"

    @property
    def pki(self) -> Path:
        """Keys and certificates; the CA in it is the cluster's identity."""
        return self.root / "pki"

    @property
    def etcd(self) -> Path:
        """What Kubernetes remembers."""
        return self.root / "etcd"

    @property
    def hsm(self) -> Path:
        """The stand-in for an HSM: its token, its PINs and the plugin's socket."""
        return self.root / "hsm"

    @property
    def encryption(self) -> Path:
        """What the API server encrypts; there when an HSM does."""
        return self.root / "encryption.yaml"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's access to the cluster."""
        return self.root / "kubeconfig"

    @property
    def state(self) -> Path:
        """The engine's state."""
        return self.root / "state"

    @property
    def pulumi_home(self) -> Path:
        """The engine's own settings, apart from the user's, and the plugins that only a sandbox may see."""
        return self.root / "pulumi-home"

    @property
    def gateways(self) -> Path:
        """What the gateways' stand-in hosts have: the identity provider's key, and a folder for each gateway."""
        return self.root / "gateways"

    @property
    def inspector(self) -> Path:
        """The stand-in inspector's key, and what it has approved."""
        return self.root / "inspector"

    @property
    def official_home(self) -> Path:
        """The engine's home where the official AWS plugin is asked for: it may not find the stand-in."""
        return self.root / "pulumi-home-official"

    @property
    def provisioned(self) -> Path:
        """In which moto each stack was provisioned last."""
        return self.root / "provisioned"

    @property
    def bin(self) -> Path:
        """Launchers of, and links to, the tools."""
        return self.root / "bin"
