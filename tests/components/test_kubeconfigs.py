"""A stack talks to the declared cluster or to none: its kubeconfig is read as the judge reads it."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from components import clouds
from components.clouds import CloudProblem, Clouds, ClusterAccess, clouds_of
from components.declaration import load_declaration
from located_yaml import kubeconfig
from tests.components.declarations import changed, stacks
from tests.enclave_policies.network.aws.own_stack import registered

if TYPE_CHECKING:
    from pathlib import Path

DER = b"a certificate"
SHA256 = hashlib.sha256(DER).hexdigest()
PEM = f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(DER).decode()}\n-----END CERTIFICATE-----\n"


def authority(text: str = PEM) -> str:
    return base64.b64encode(text.encode()).decode()


def config(**cluster: Any) -> dict[str, Any]:
    own = {"server": "https://k8s.hamar.example:6443", "certificate-authority-data": authority(), **cluster}
    return {
        "clusters": [{"name": "hamar", "cluster": own}],
        "contexts": [{"name": "hamar", "context": {"cluster": "hamar", "user": "x"}}],
        "current-context": "hamar",
        "users": [],
    }


def reached(folder: Path, text: str, declared: str = SHA256) -> str:
    """The certificate authority of the cluster that the stack eu-prod reaches with this kubeconfig."""
    written = (stacks / "eu-prod.yaml").read_text(encoding="utf-8")
    line = next(line for line in written.splitlines() if "ca_sha256:" in line)
    old = line.partition("ca_sha256:")[2].strip(" }").partition(",")[0].strip('" ')
    declaration = load_declaration(changed(folder, (old, declared), (", context: hamar", ""), stack="eu-prod"))
    return clouds_of(declaration, lambda name: text if name == "kubeconfig-hamar" else None).clusters["hamar"].ca_sha256


@pytest.mark.parametrize("write", [yaml.safe_dump, json.dumps], ids=["YAML", "JSON"])
def test_the_declared_cluster_is_reached(write: Any, tmp_path: Path) -> None:
    assert reached(tmp_path, write(config())) == SHA256


MERGED = yaml.safe_dump(config()).replace("    server:", "    <<: {proxy-url: http://evil.net}\n    server:")
TWO = {**config(), "clusters": [*config()["clusters"], *config()["clusters"]]}
REFUSED = {
    "a merge key": (MERGED, "has a kubeconfig with a merge key"),
    "no YAML": ("a: [", "neither YAML nor JSON"),
    "a path": ("/home/x/.kube/config", "has a kubeconfig by path"),
    "nothing": ("", "has a kubeconfig by path"),
    "an anchor": ("clusters: &a []\nusers: *a\n", "neither YAML nor JSON"),
    "no current context": (json.dumps({**config(), "current-context": ""}), "without a current context"),
    "a context that is not there": (json.dumps({**config(), "current-context": "x"}), "0 contexts named 'x'"),
    "two clusters of one name": (json.dumps(TWO), "2 clusters named 'hamar'"),
    "tables that are none": (json.dumps({**config(), "clusters": 7}), "0 clusters named 'hamar'"),
    "another cluster": (
        json.dumps(config(**{"certificate-authority-data": authority(PEM.replace("YSB", "YSC"))})),
        "this is another",
    ),
    "two authorities": (json.dumps(config(**{"certificate-authority-data": authority(PEM + PEM)})), "or more than one"),
    "an authority in a file": (json.dumps(config(**{"certificate-authority-data": None})), "kubectl config view"),
    "an authority that is no text": (json.dumps(config(**{"certificate-authority-data": 7})), "kubectl config view"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_kubeconfig_of_any_other_is_refused(case: str, tmp_path: Path) -> None:
    text, words = REFUSED[case]
    with pytest.raises(CloudProblem) as refused:
        reached(tmp_path, text)
    assert words in str(refused.value)
    assert "hamar" in str(refused.value)


KEYLESS = {**config(), "users": [{"name": "x", "user": {"client-certificate": "/e/x.crt", "client-key": "/e/x.key"}}]}
KEYED = {**config(), "users": [{"name": "x", "user": {"token": "t"}}]}


@pytest.mark.parametrize(("content", "secret"), [(KEYLESS, False), (KEYED, True), ([], True)])
def test_a_kubeconfig_is_a_secret_where_it_may_hold_a_credential(content: Any, secret: bool) -> None:
    access = ClusterAccess(SHA256, json.dumps(content))
    assert access.is_secret is secret
    assert access.server == ("https://k8s.hamar.example:6443" if content else None)


@pytest.mark.parametrize(("content", "secret"), [(KEYLESS, False), (KEYED, True)])
def test_the_provider_keeps_it_in_the_clear_where_it_is_none(content: Any, secret: bool) -> None:
    clouds = Clouds(None, {"hamar": ClusterAccess(SHA256, json.dumps(content))})
    made = registered(load_declaration(stacks / "local.yaml"), clouds, whole=True)
    given = next(each for each in made if each.type == "pulumi:providers:kubernetes").props["kubeconfig"]
    assert (given == json.dumps(content)) is not secret
    assert isinstance(given, dict) is secret


def test_a_reader_of_its_own_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: what the last of two readers took a merge key for."""
    assert vars(clouds)["read_kubeconfig"] is kubeconfig.read_kubeconfig
    monkeypatch.setattr(clouds, "read_kubeconfig", yaml.safe_load)
    assert reached(tmp_path, MERGED) == SHA256
