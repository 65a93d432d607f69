"""What Envoy really sends is what the authorizer reads: a parser of protobuf's wire format, written here, agrees."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]
import pytest
from google.protobuf import struct_pb2  # type: ignore[import-untyped]

from hosts.gateway import protocol
from sandbox.gateways.client import Person
from tests.gateways.conftest import people_at
from tests.gateways.stand_in_authorizer import YES, over_grpc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.gateways.bench import People

KARI = Person()


def fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Yield number and value of each field of a message (protobuf.dev/programming-guides/encoding)."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        number, kind = divmod(varint(), 8)
        if kind == 0:
            yield number, varint()
        elif kind == 1:
            at += 8
            yield number, struct.unpack("<d", data[at - 8 : at])[0]
        elif kind == 5:
            at += 4
            yield number, data[at - 4 : at]
        else:
            size = varint()
            at += size
            yield number, data[at - size : at]


def at(data: bytes, *path: int) -> Any:
    """Return the value at a path of field numbers, the first of each."""
    for number in path:
        data = next(value for found, value in fields(data) if found == number)
    return data


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> tuple[People, bytes]:
    """The bytes of one question of the real Envoy."""
    people = people_at(tmp_path_factory.mktemp("wire"), {"127.0.0.0/8": "NO"})
    seen: list[bytes] = []

    def keep(request: bytes, _context: Any) -> bytes:
        seen.append(request)
        return YES

    people.station.start_upstream()
    with over_grpc(people.station.socket, keep):
        people.station.start_envoy()
        assert people.ask(KARI, "/records/1?x=y").status_code == 200
    people.station.stop()
    return people, seen[0]


def test_envoy_s_own_bytes_are_read_as_they_are(sent: tuple[People, bytes]) -> None:
    _, data = sent
    read = protocol.Request.FromString(data).attributes
    http = read.request.http
    assert at(data, 1, 4, 2, 4) == http.path.encode() == b"/records/1?x=y"
    assert at(data, 1, 4, 2, 2) == http.method.encode() == b"GET"
    assert at(data, 1, 4, 2, 1) == http.id.encode()
    assert at(data, 1, 4, 2, 5) == http.host.encode() == b"localhost"
    assert at(data, 1, 1, 4) == read.source.principal.encode() == b"spiffe://europe/device/NO/laptop-1"
    address = read.source.address.socket_address
    assert at(data, 1, 1, 1, 1, 2) == address.address.encode() == b"127.0.0.1"
    assert at(data, 1, 1, 1, 1, 3) == address.port_value
    headers = {at(pair, 1): at(pair, 2) for number, pair in fields(at(data, 1, 4, 2)) if number == 3}
    assert headers == {b"enclave-purpose": b"support"}
    assert dict(http.headers) == {"enclave-purpose": "support"}


def test_the_claims_are_those_that_google_s_own_struct_reads(sent: tuple[People, bytes]) -> None:
    _, data = sent
    pair = at(data, 1, 11, 1)
    assert at(pair, 1) == b"envoy.filters.http.jwt_authn"
    theirs = struct_pb2.Struct.FromString(at(pair, 2)).fields["identity"].struct_value
    read = protocol.Request.FromString(data).attributes.metadata_context.filter_metadata["envoy.filters.http.jwt_authn"]
    ours = read.fields["identity"].struct_value
    assert set(ours.fields) == set(theirs.fields) >= {"sub", "employer", "country", "iat", "exp", "iss", "aud"}
    for name, value in theirs.fields.items():
        assert (ours.fields[name].string_value, ours.fields[name].number_value) == (
            value.string_value,
            value.number_value,
        )
    assert theirs.fields["iat"].number_value > 1_700_000_000


def test_envoy_tells_the_authorizer_no_token_and_no_other_header(sent: tuple[People, bytes]) -> None:
    _, data = sent
    assert b"Bearer" not in data
    assert b"user-agent" not in data


def test_what_we_answer_has_envoy_s_numbers() -> None:
    yes = protocol.allowed({"enclave-person": "kari"}, ("authorization",)).SerializeToString()
    assert at(yes, 1) == b""  # status 0 is left out
    assert at(yes, 3, 2, 1, 1) == b"enclave-person"
    assert at(yes, 3, 2, 1, 2) == b"kari"
    assert at(yes, 3, 2, 3) == 2
    assert at(yes, 3, 5) == b"authorization"
    no = protocol.denied(403, "because", {"a": "b"}).SerializeToString()
    assert at(no, 1, 1) == grpc.StatusCode.PERMISSION_DENIED.value[0]
    assert at(no, 2, 1, 1) == 403
    assert at(no, 2, 3) == b"because"
    assert at(no, 2, 2, 1, 1) == b"a"


def test_a_field_of_another_number_is_noticed(sent: tuple[People, bytes]) -> None:
    """The seeded bug of this family: where the path is thought to be, something else is."""
    _, data = sent
    assert at(data, 1, 4, 2, 6) == b"https" != protocol.Request.FromString(data).attributes.request.http.path.encode()


@pytest.mark.parametrize("raw", [b"", b"\xff", b"\x0a\x05ab", bytes(range(256)), b"\x0a\x00", b"\x0a\x02\x22\x00"])
def test_garbage_on_the_authorizer_s_socket_is_a_no_and_harms_nobody(people: People, raw: bytes) -> None:
    with grpc.insecure_channel(f"unix://{people.station.socket}") as channel:
        call = channel.unary_unary(f"/{protocol.SERVICE}/{protocol.METHOD}")
        try:
            answer = protocol.Response.FromString(call(raw, timeout=5))
            assert answer.status.code == protocol.PERMISSION_DENIED
            assert json.loads(answer.denied_response.body)["reason"] in ("path-unsafe", "no-route")
        except grpc.RpcError as error:
            assert error.code() in (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN)  # noqa: PT017
    assert people.ask(KARI).status_code == 200


def test_a_question_that_is_too_large_is_a_no(people: People) -> None:
    with grpc.insecure_channel(f"unix://{people.station.socket}") as channel:
        call = channel.unary_unary(f"/{protocol.SERVICE}/{protocol.METHOD}")
        with pytest.raises(grpc.RpcError):
            call(b"\x0a" + b"\x80\x80\x40" + b"x" * 1_048_576, timeout=5)
    assert people.ask(KARI).status_code == 200
