"""A cluster is told by its address and, where it is pinned, by its certificate authority."""

from __future__ import annotations

import base64
import hashlib
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from enclave_policies.law.folder import load_law
from enclave_policies.places.clusters import Binding, bind
from enclave_policies.resources.resource import UNKNOWN

if TYPE_CHECKING:
    from enclave_policies.law import Law

SERVER = "https://k8s.hamar.example:6443"


def authority(name: str) -> str:
    """A fresh certificate authority's certificate, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        subject, subject, key.public_key(), x509.random_serial_number(), now, now + timedelta(1)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


HAMAR, STRANGER = authority("hamar"), authority("stranger")


@pytest.fixture(scope="module")
def law() -> Law:
    shipped = load_law()
    fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(HAMAR)).hexdigest()
    return replace(shipped, clusters=(replace(shipped.clusters[0], ca_sha256=fingerprint),))


def kubeconfig(pem: str | None, server: str = SERVER) -> str:
    data = "" if pem is None else f', certificate-authority-data: "{base64.b64encode(pem.encode()).decode()}"'
    return (
        "current-context: c\ncontexts: [{name: c, context: {cluster: k}}]\n"
        f'clusters: [{{name: k, cluster: {{server: "{server}"{data}}}}}]\n'
    )


def binding(text: object, law: Law) -> Binding:
    result = bind({"kubeconfig": text}, law)
    assert isinstance(result, Binding)
    return result


def test_a_certificate_among_letters_that_no_certificate_has_counts_as_none(law: Law) -> None:
    assert binding(kubeconfig(f"\u00a0{HAMAR}"), law).cluster is None
    assert binding(kubeconfig(f"\n{HAMAR}\n"), law).cluster is not None


def test_the_registered_certificate_authority_at_the_registered_address_is_the_cluster(law: Law) -> None:
    assert binding(kubeconfig(HAMAR), law) == Binding(law.clusters[0], "", SERVER, "NO")


@pytest.mark.parametrize(
    "pem",
    [STRANGER, None, HAMAR + STRANGER, "no certificate"],
    ids=["another authority", "none", "a second authority in the bundle", "rubbish"],
)
def test_any_other_certificate_authority_is_refused(pem: str | None, law: Law) -> None:
    found = binding(kubeconfig(pem), law)
    assert found.cluster is None
    assert (found.where, found.country) == (SERVER, None)
    assert "certificate authority is not the registered one" in found.problem


def test_the_authority_that_was_found_instead_is_named(law: Law) -> None:
    stranger = hashlib.sha256(ssl.PEM_cert_to_DER_cert(STRANGER)).hexdigest()
    assert f"(found: {stranger})" in binding(kubeconfig(STRANGER), law).problem
    assert "(found: none, or not exactly one inline certificate)" in binding(kubeconfig(None), law).problem


def test_an_authority_with_marks_between_that_another_reader_might_skip_is_refused(law: Law) -> None:
    data = base64.b64encode(HAMAR.encode()).decode()
    odd = kubeconfig(HAMAR).replace(data, f"{data[:40]}!{data[40:]}")
    assert odd != kubeconfig(HAMAR)
    assert binding(odd, law).cluster is None


def test_a_context_without_a_cluster_is_named(law: Law) -> None:
    found = binding("current-context: c\ncontexts: [{name: c, context: {user: u}}]", law)
    assert found.problem == "has a kubeconfig whose context 'c' names no cluster"


def test_a_server_that_names_a_region_is_refused_with_its_country(law: Law) -> None:
    found = binding(kubeconfig(HAMAR, "https://x.gr7.us-east-1.eks.amazonaws.com"), law)
    assert (found.where, found.country) == ("https://x.gr7.us-east-1.eks.amazonaws.com:443", "US")
    assert "in us-east-1 (Northern Virginia, United States, US), which is not registered" in found.problem
    nowhere = binding(kubeconfig(HAMAR, "k8s.hamar.example"), law)
    assert (nowhere.cluster, nowhere.where, nowhere.country) == (None, None, None)


def test_the_registered_certificate_authority_at_another_address_is_refused(law: Law) -> None:
    assert "not registered" in binding(kubeconfig(HAMAR, "https://elsewhere.example:6443"), law).problem


def test_a_kubeconfig_given_as_a_structure_is_judged_like_its_text(law: Law) -> None:
    structure = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "k"}}],
        "clusters": [{"name": "k", "cluster": {"server": "https://elsewhere.example"}}],
    }
    assert "elsewhere.example" in binding(structure, law).problem


def test_what_is_not_known_beside_the_cluster_does_not_hide_which_one_it_is(law: Law) -> None:
    structure = {
        "clusters": [{"name": "k", "cluster": {"server": "https://elsewhere.example"}}],
        "users": [{"name": "u", "user": {"token": UNKNOWN}}],
    }
    found = bind({"kubeconfig": structure, "cluster": "k"}, law)
    assert isinstance(found, Binding)
    assert found.where == "https://elsewhere.example:443"


def test_a_stand_in_for_a_cluster_is_called_one(law: Law) -> None:
    cluster = replace(law.clusters[0], stand_in=False)
    assert law.cluster_words(cluster) == "cluster hamar (Hamar, Norway, NO)"
    assert law.cluster_words(replace(cluster, stand_in=True)) == "cluster hamar (Hamar, Norway, NO, stand-in)"


def test_a_registered_cluster_in_a_country_that_is_not_approved_is_refused(law: Law) -> None:
    abroad = replace(law, clusters=(replace(law.clusters[0], country="GB", site="London"),))
    found = binding(kubeconfig(HAMAR), abroad)
    assert (found.cluster, found.where, found.country) == (None, SERVER, "GB")
    assert "London, United Kingdom, GB" in found.problem


@pytest.mark.parametrize("name", ["kubeconfig", "context", "cluster"])
def test_an_unknown_selector_leaves_the_cluster_unknown(name: str, law: Law) -> None:
    assert bind({"kubeconfig": kubeconfig(HAMAR), name: UNKNOWN}, law) is UNKNOWN


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "current-context: c", "current-context: c\ncontexts: 7", "a: &x [*x]", "current-context: [c]"],
)
def test_an_odd_kubeconfig_is_refused_without_an_exception(text: str, law: Law) -> None:
    found = binding(text, law)
    assert (found.cluster, found.readable) == (None, False)


@pytest.mark.parametrize("name", ["context", "cluster"])
def test_a_selector_that_is_no_text_is_refused_without_an_exception(name: str, law: Law) -> None:
    found = bind({"kubeconfig": kubeconfig(HAMAR), name: [None]}, law)
    assert isinstance(found, Binding)
    assert "not a text" in found.problem
