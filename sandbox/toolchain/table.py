"""Which tools the sandbox needs, and how each is built from a Go module of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

TOOLS_FOLDER = Path(__file__).resolve().parent.parent / "tools"

PULUMI = "v3.259.0"
KUBERNETES_PROVIDER = "4.25.0"
KUBERNETES = "v1.35.0"
KWOK = "v0.7.0"
ETCD = "v3.6.5"
OPA = "v1.10.0"
CYCLONUS = "v0.5.6"
ACTIONLINT = "v1.7.12"
RCLONE = "v1.76.0"
VERSITYGW = "v1.8.0"

# No inlining and no debug tables: a third less compile time (measured on client-go: 66 s instead of 102 s; without
# the optimizer too, `-N`, it is 72 s: more code is written than work saved).
CHEAP = "all=-l -dwarf=false"


@dataclass(frozen=True)
class Binary:
    """One program that `go build` makes: a package, and the name that we give the result."""

    name: str
    package: str

    @property
    def built_as(self) -> str:
        """The file name that `go build` chooses: the last part of the package path that is no major version."""
        parts = self.package.rstrip("/").split("/")
        is_major = parts[-1].startswith("v") and parts[-1][1:].isdigit()
        return parts[-2] if is_major and len(parts) > 1 else parts[-1]


@dataclass(frozen=True)
class ModuleFile:
    """A file taken out of a Go module as it is."""

    name: str
    module: str
    path: str


@dataclass(frozen=True)
class EmbeddedJson:
    """A JSON file of a Go module which our `main.go` embeds, minified; `version` is set in it when given."""

    name: str
    module: str
    path: str
    version: str | None = None


@dataclass(frozen=True)
class GoTool:
    """One entry of the tool cache: everything built from one `go.mod`.

    `minutes` is what it takes on 2 idle cores with empty caches, beside one other tool.
    """

    name: str
    folder: Path
    version: str
    binaries: tuple[Binary, ...]
    minutes: float
    ldflags: tuple[str, ...] = ()
    gcflags: str = CHEAP
    files: tuple[ModuleFile, ...] = ()
    embedded: tuple[EmbeddedJson, ...] = ()

    @property
    def products(self) -> tuple[str, ...]:
        """Every file name that the finished cache entry holds."""
        return (*(binary.name for binary in self.binaries), *(file.name for file in self.files))

    def product_version(self, name: str) -> str:
        """The version of one product: that of the Go module it comes from (etcd is no Kubernetes)."""
        origin = {
            **{binary.name: binary.package for binary in self.binaries},
            **{file.name: file.module for file in self.files},
        }[name]
        required = re.findall(r"^\s*(?:require )?(\S+) (v\S+)", (self.folder / "go.mod").read_text(), re.MULTILINE)
        holders = [(module, number) for module, number in required if f"{origin}/".startswith(f"{module}/")]
        return max(holders, key=lambda holder: len(holder[0]))[1] if holders else self.version


def _variable(package: str, name: str, value: str) -> str:
    return f"-X {package}.{name}={value}"


_PROVIDER = "github.com/pulumi/pulumi-kubernetes/provider/v4"
_PROVIDER_FILES = "cmd/pulumi-resource-kubernetes"

PULUMI_TOOL = GoTool(
    name="pulumi",
    folder=TOOLS_FOLDER / "pulumi",
    version=PULUMI,
    binaries=(Binary("pulumi", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"),),
    minutes=4,
    ldflags=(_variable("github.com/pulumi/pulumi/sdk/v3/go/common/version", "Version", PULUMI),),
    files=(
        ModuleFile(
            "pulumi-language-python-exec",
            "github.com/pulumi/pulumi/sdk/v3",
            "python/cmd/pulumi-language-python-exec",
        ),
    ),
)
PROVIDER_TOOL = GoTool(
    name="pulumi-resource-kubernetes",
    folder=TOOLS_FOLDER / "pulumi-resource-kubernetes",
    version=KUBERNETES_PROVIDER,
    binaries=(Binary("pulumi-resource-kubernetes", "."),),
    minutes=8,
    ldflags=(_variable(f"{_PROVIDER}/pkg/version", "Version", KUBERNETES_PROVIDER),),
    embedded=(
        EmbeddedJson("schema-embed.json", _PROVIDER, f"{_PROVIDER_FILES}/schema.json", version=KUBERNETES_PROVIDER),
        EmbeddedJson("terraform-mapping.json", _PROVIDER, f"{_PROVIDER_FILES}/terraform-mapping.json"),
    ),
)
KUBERNETES_TOOL = GoTool(
    name="kubernetes",
    folder=TOOLS_FOLDER / "kubernetes",
    version=KUBERNETES,
    binaries=(
        Binary("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"),
        Binary("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager"),
        Binary("kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler"),
        Binary("kubectl", "k8s.io/kubernetes/cmd/kubectl"),
        Binary("etcd", "go.etcd.io/etcd/server/v3"),
    ),
    minutes=7,
    ldflags=tuple(
        _variable(package, name, value)
        for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
        for name, value in (("gitVersion", KUBERNETES), ("gitMajor", "1"), ("gitMinor", "35"))
    ),
)
KWOK_TOOL = GoTool(
    name="kwok",
    folder=TOOLS_FOLDER / "kwok",
    version=KWOK,
    binaries=(Binary("kwok", "sigs.k8s.io/kwok/cmd/kwok"),),
    minutes=2,
)

# Apart from the control plane, so that it costs no rebuild of that.
ETCDCTL_TOOL = GoTool(
    name="etcdctl",
    folder=TOOLS_FOLDER / "etcdctl",
    version=ETCD,
    binaries=(Binary("etcdctl", "go.etcd.io/etcd/etcdctl/v3"),),
    minutes=0.5,
)

# Built only for `make bench-audit`, which measures against it: it is not among TOOLS.
OPA_TOOL = GoTool(
    name="opa",
    folder=TOOLS_FOLDER / "opa",
    version=OPA,
    binaries=(Binary("opa", "github.com/open-policy-agent/opa"),),
    minutes=2,
    # Measured against, so compiled as its makers do: with the optimizer, inlining and all.
    gcflags="",
)

# Built only for the tests that hold our model of network policies against it: it is not among TOOLS.
CYCLONUS_TOOL = GoTool(
    name="cyclonus",
    folder=TOOLS_FOLDER / "cyclonus",
    version=CYCLONUS,
    binaries=(Binary("cyclonus", "."),),
    minutes=2,
)

# Built only for the test that lints the workflows by it: it is not among TOOLS.
ACTIONLINT_TOOL = GoTool(
    name="actionlint",
    folder=TOOLS_FOLDER / "actionlint",
    version=ACTIONLINT,
    binaries=(Binary("actionlint", "github.com/rhysd/actionlint/cmd/actionlint"),),
    minutes=0.5,
)

# Built only for `make migration-demo`, its tests and `enclave wave` in a sandbox: they are not among TOOLS.
RCLONE_TOOL = GoTool(
    name="rclone",
    folder=TOOLS_FOLDER / "rclone",
    version=RCLONE,
    binaries=(Binary("rclone", "."),),
    minutes=2,
    ldflags=(_variable("github.com/rclone/rclone/fs", "Version", RCLONE),),
    gcflags="",  # measured against itself as its makers compile it
)
VERSITYGW_TOOL = GoTool(
    name="versitygw",
    folder=TOOLS_FOLDER / "versitygw",
    version=VERSITYGW,
    binaries=(Binary("versitygw", "github.com/versity/versitygw/cmd/versitygw"),),
    minutes=2,
)

# The longest first: the last minutes of a build use one core only, so the short ones fill the gaps.
TOOLS = (PROVIDER_TOOL, KUBERNETES_TOOL, PULUMI_TOOL, KWOK_TOOL, ETCDCTL_TOOL)
