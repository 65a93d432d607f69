"""What etcd holds of a Secret, and what somebody who has etcd and nothing else makes of it."""

from __future__ import annotations

import base64
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from sandbox.services import etcd, ports
from sandbox.services.encryption import PREFIX
from sandbox.services.ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.layout import Layout
    from sandbox.toolchain import Toolchain

# k8s.io/apiserver v0.35.0: storage/value/encrypt/aes/aes_extended_nonce.go, in bytes
_INFO, _NONCE, _SEED = 32, 12, 32
_VARINT, _BYTES = 0, 2


@dataclass(frozen=True)
class Stored:
    """An object as etcd has it: the key that it is under, and its value."""

    path: str
    value: bytes

    @property
    def fields(self) -> dict[int, bytes]:
        """The fields of Kubernetes' EncryptedObject: 1 data, 2 key id, 3 wrapped seed."""
        return dict(_fields(self.value.removeprefix(PREFIX.encode())))

    @property
    def key_id(self) -> str:
        """Which key wrapped its seed."""
        return self.fields[2].decode()

    def shows(self, secret: str) -> bool:
        """Tell whether the secret can be had from this value alone, whoever reads it."""
        plain, encoded = secret.encode(), base64.b64encode(secret.encode())
        if plain in self.value or encoded.rstrip(b"=")[:-1] in self.value:
            return True
        return any(plain in opened for opened in self._opened_with_its_own_seed())

    def _opened_with_its_own_seed(self) -> Iterator[bytes]:
        """Decrypt as the API server does, with each part of the wrapped seed as if it were the seed itself."""
        data, wrapped = self.fields[1], self.fields[3]
        info, nonce, text = data[:_INFO], data[_INFO : _INFO + _NONCE], data[_INFO + _NONCE :]
        for start in range(len(wrapped) - _SEED + 1):
            key = HKDFExpand(SHA256(), 32, info).derive(wrapped[start : start + _SEED])
            try:
                yield AESGCM(key).decrypt(nonce, text, self.path.encode())
            except InvalidTag:
                continue


def assert_sealed(stored: Stored, secret: str) -> None:
    """Ask of a value in etcd what encryption by an HSM promises."""
    assert stored.value.startswith(PREFIX.encode()), stored.value[:40]
    assert not stored.shows(secret), "who has etcd has the secret"


def read(layout: Layout, tools: Toolchain, name: str, namespace: str = "default") -> Stored:
    """Ask etcd itself, by etcdctl with the API server's certificate."""
    path = f"/registry/secrets/{namespace}/{name}"
    pki = layout.pki
    words = [
        str(tools.etcdctl), "get", path, "--print-value-only",
        f"--endpoints=https://{LOOPBACK}:{ports.read(layout.ports)[etcd.NAME]}",
        f"--cacert={pki / 'etcd-ca.crt'}", f"--cert={pki / 'etcd.crt'}", f"--key={pki / 'etcd.key'}",
    ]  # fmt: skip
    done = subprocess.run(words, capture_output=True, timeout=30, check=True)
    assert done.stdout, f"etcd has no {path}"
    return Stored(path, done.stdout[:-1])  # etcdctl ends it with a newline


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the fields of a protobuf message that hold bytes."""
    place = 0
    while place < len(message):
        tag, place = _number(message, place)
        size, place = _number(message, place)
        if tag & 7 == _BYTES:
            yield tag >> 3, message[place : place + size]
            place += size
        else:
            assert tag & 7 == _VARINT


def _number(message: bytes, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = message[place]
        number |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return number, place
