"""The cluster's keys and certificates; the CA's fingerprint is the cluster's identity, so the CA is made only once."""

from __future__ import annotations

import datetime as dt
import ipaddress
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFETIME = dt.timedelta(days=3650)
_CLOCK_SKEW = dt.timedelta(minutes=5)
_NAMES = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
_ADDRESSES = ("127.0.0.1", "10.96.0.1")  # the loopback, and the cluster's own service address


@dataclass(frozen=True)
class Certificate:
    """One certificate to issue: file name, issuing CA, subject (common name, organisation), server and client use."""

    file: str
    issuer: str
    name: str
    organisation: str = ""
    server: bool = False
    client: bool = False


AUTHORITIES = ("ca", "etcd-ca")  # a client of one is nobody to the other
CERTIFICATES = (
    Certificate("apiserver", "ca", "kube-apiserver", server=True),
    Certificate("components", "ca", "control-plane-components", server=True),
    Certificate("admin", "ca", "enclave-sandbox-admin", "system:masters", client=True),
    Certificate("controller-manager", "ca", "system:kube-controller-manager", client=True),
    Certificate("scheduler", "ca", "system:kube-scheduler", client=True),
    Certificate("kwok", "ca", "kwok-controller", "system:masters", client=True),
    Certificate("etcd", "etcd-ca", "etcd", server=True, client=True),
)


def ensure(directory: Path) -> None:
    """Create all keys and certificates, unless they are there already."""
    if directory.is_dir():
        return
    directory.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=directory.parent, prefix=f".{directory.name}."))
    try:
        authorities = {name: _authority(draft, name) for name in AUTHORITIES}
        for certificate in CERTIFICATES:
            _issue(draft, certificate, *authorities[certificate.issuer])
        _write_pair(draft / "service-account")
        draft.replace(directory)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def fingerprint(certificate: Path) -> str:
    """Return the SHA-256 of a PEM certificate's DER form, in lower-case hex."""
    return x509.load_pem_x509_certificate(certificate.read_bytes()).fingerprint(hashes.SHA256()).hex()


def _authority(directory: Path, name: str) -> tuple[x509.Name, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"enclave-sandbox-{name}")])
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    signed = (
        _builder(subject, subject, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(directory / name, signed, key)
    return subject, key


def _issue(directory: Path, wanted: Certificate, issuer: x509.Name, issuer_key: ec.EllipticCurvePrivateKey) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, wanted.name)]
    if wanted.organisation:
        attributes.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, wanted.organisation))
    uses = [use for use, on in _uses(wanted) if on]
    builder = (
        _builder(x509.Name(attributes), issuer, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if wanted.server:
        names: list[x509.GeneralName] = [x509.DNSName(name) for name in _NAMES]
        names += [x509.IPAddress(ipaddress.ip_address(address)) for address in _ADDRESSES]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    _write(directory / wanted.file, builder.sign(issuer_key, hashes.SHA256()), key)


def _uses(wanted: Certificate) -> tuple[tuple[x509.ObjectIdentifier, bool], ...]:
    return (
        (ExtendedKeyUsageOID.SERVER_AUTH, wanted.server),
        (ExtendedKeyUsageOID.CLIENT_AUTH, wanted.client),
    )


def _builder(subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + _LIFETIME)
    )


def _write(stem: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    stem.with_suffix(".crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    _write_key(stem.with_suffix(".key"), key)


def _write_pair(stem: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    _write_key(stem.with_suffix(".key"), key)
    stem.with_suffix(".pub").write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
