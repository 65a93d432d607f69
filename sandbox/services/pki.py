"""The cluster's keys and certificates; the CA's fingerprint is the cluster's identity, so the CA is made only once."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from sandbox.certificates import Subject, authority, issue, new_key, write_certificate, write_key

SUFFIX = ".crt"
_LIFETIME = dt.timedelta(days=3650)
_NAMES = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
_ADDRESSES = ("127.0.0.1", "10.96.0.1")  # the loopback, and the cluster's own service address
_HOSTS = (*_NAMES, *_ADDRESSES)


@dataclass(frozen=True)
class Certificate:
    """One certificate to issue: the name of its file, by whom, and whose it is."""

    file: str
    issuer: str
    subject: Subject


AUTHORITIES = ("ca", "etcd-ca")  # a client of one is nobody to the other
CERTIFICATES = (
    Certificate("apiserver", "ca", Subject("kube-apiserver", client=False)),
    Certificate("components", "ca", Subject("control-plane-components", client=False)),
    Certificate("admin", "ca", Subject("enclave-sandbox-admin", "system:masters", server=False)),
    Certificate("controller-manager", "ca", Subject("system:kube-controller-manager", server=False)),
    Certificate("scheduler", "ca", Subject("system:kube-scheduler", server=False)),
    Certificate("kwok", "ca", Subject("kwok-controller", "system:masters", server=False)),
    Certificate("etcd", "etcd-ca", Subject("etcd")),
)


def ensure(directory: Path) -> None:
    """Create all keys and certificates, unless they are there already."""
    if directory.is_dir():
        return
    directory.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=directory.parent, prefix=f".{directory.name}."))
    try:
        authorities = {name: authority(name, _LIFETIME) for name in AUTHORITIES}
        for name, made in authorities.items():
            write_certificate(draft / f"{name}{SUFFIX}", made.certificate)
            write_key(draft / f"{name}.key", made.key)
        for each in CERTIFICATES:
            hosts = _HOSTS if each.subject.server else ()
            by = authorities[each.issuer]
            issue(draft, each.file, by, subject=each.subject, hosts=hosts, lifetime=_LIFETIME, suffix=SUFFIX)
        _write_pair(draft / "service-account")
        draft.replace(directory)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def fingerprint(certificate: Path) -> str:
    """Return the SHA-256 of a PEM certificate's DER form, in lower-case hex."""
    return x509.load_pem_x509_certificate(certificate.read_bytes()).fingerprint(hashes.SHA256()).hex()


def _write_pair(stem: Path) -> None:
    key = new_key()
    write_key(stem.with_suffix(".key"), key)
    stem.with_suffix(".pub").write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
