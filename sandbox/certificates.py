"""Keys and certificates of this sandbox: authorities that only it knows, and what they issue."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SKEW: Final = dt.timedelta(minutes=5)
LIFETIME: Final = dt.timedelta(days=365)
PRIVATE: Final = 0o600
PEM: Final = ".pem"
_SIGNS: Final = x509.KeyUsage(
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


@dataclass(frozen=True)
class Authority:
    """A certificate authority that can issue."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Subject:
    """Whose certificate it is, and what it is good for: a server, a client, or both."""

    name: str
    organisation: str = ""
    server: bool = True
    client: bool = True


def authority(name: str, lifetime: dt.timedelta = LIFETIME) -> Authority:
    """Make a new authority."""
    key = new_key()
    subject = _name(Subject(f"enclave-sandbox-{name}"))
    builder = (
        _builder(subject, subject, key.public_key(), lifetime, SKEW)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_SIGNS, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return Authority(builder.sign(key, hashes.SHA256()), key)


def kept_authority(file: Path, name: str) -> Authority:
    """Return the authority in ``file`` and the key beside it (.key), made where they are missing."""
    beside = file.with_suffix(".key")
    if file.exists() and beside.exists():
        key = serialization.load_pem_private_key(beside.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{beside} is no key of this sandbox; remove it")
        return Authority(x509.load_pem_x509_certificate(file.read_bytes()), key)
    made = authority(name)
    write_certificate(file, made.certificate)
    write_key(beside, made.key)
    return made


def issue(
    folder: Path,
    file: str,
    by: Authority,
    *,
    subject: Subject | None = None,
    hosts: Iterable[str] = (),
    names: Iterable[str] = (),
    lifetime: dt.timedelta = LIFETIME,
    begins: dt.timedelta = SKEW,
    suffix: str = PEM,
) -> None:
    """Write a certificate and ``file``.key: for DNS names or addresses (``hosts``), or for URIs (``names``).

    It is valid from ``begins`` ago until ``lifetime`` from now; a negative lifetime makes one that has run out. Without
    a ``subject`` it has the name of the file, and is good for servers and clients.
    """
    key, whose = new_key(), subject or Subject(file)
    uses = [ExtendedKeyUsageOID.SERVER_AUTH] * whose.server + [ExtendedKeyUsageOID.CLIENT_AUTH] * whose.client
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key())
    builder = (
        _builder(_name(whose), by.certificate.subject, key.public_key(), lifetime, begins)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        .add_extension(identifier, critical=False)
    )
    alternative: list[x509.GeneralName] = [_host(host) for host in hosts]
    alternative += [x509.UniformResourceIdentifier(name) for name in names]
    if alternative:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternative), critical=False)
    write_certificate(folder / f"{file}{suffix}", builder.sign(by.key, hashes.SHA256()))
    write_key(folder / f"{file}.key", key)


def new_key() -> ec.EllipticCurvePrivateKey:
    """Make a key."""
    return ec.generate_private_key(ec.SECP256R1())


def write_certificate(path: Path, certificate: x509.Certificate) -> None:
    """Write a certificate as PEM."""
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Write a key as PEM, readable for its owner alone."""
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.touch(mode=PRIVATE)
    path.write_bytes(secret)


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _name(subject: Subject) -> x509.Name:
    organisation = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, subject.organisation)] * bool(subject.organisation)
    return x509.Name([*organisation, x509.NameAttribute(NameOID.COMMON_NAME, subject.name[:64])])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, lifetime: dt.timedelta, begins: dt.timedelta
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - begins)
        .not_valid_after(now + lifetime)
    )
