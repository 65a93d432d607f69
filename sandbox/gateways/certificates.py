"""Certificates of a gateway's surroundings: device, server and upstream authorities that only this sandbox knows."""

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


@dataclass(frozen=True)
class Authority:
    """A certificate authority that can issue."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def authority(name: str) -> Authority:
    """Make a new authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(f"enclave-sandbox-{name}")
    builder = _builder(subject, subject, key.public_key(), LIFETIME, SKEW).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    return Authority(builder.sign(key, hashes.SHA256()), key)


def issue(
    folder: Path,
    file: str,
    by: Authority,
    *,
    hosts: Iterable[str] = (),
    names: Iterable[str] = (),
    lifetime: dt.timedelta = LIFETIME,
    begins: dt.timedelta = SKEW,
) -> None:
    """Write ``file``.pem and ``file``.key: for DNS names or addresses (``hosts``), or for URIs (``names``).

    It is valid from ``begins`` ago until ``lifetime`` from now; a negative lifetime makes one that has run out.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    alternative: list[x509.GeneralName] = [_host(host) for host in hosts]
    alternative += [x509.UniformResourceIdentifier(name) for name in names]
    builder = (
        _builder(_name(file), by.certificate.subject, key.public_key(), lifetime, begins)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(alternative), critical=False)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
    )
    write_certificate(folder / f"{file}.pem", builder.sign(by.key, hashes.SHA256()))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{file}.key"
    path.touch(mode=PRIVATE)
    path.write_bytes(secret)


def write_certificate(path: Path, certificate: x509.Certificate) -> None:
    """Write a certificate as PEM."""
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


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
