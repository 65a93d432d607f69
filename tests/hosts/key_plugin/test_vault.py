"""What the plugin does with a real token's key, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from hosts.key_plugin.errors import LockedError, RefusedError, UnknownKeyError, UnsafeKeyError

if TYPE_CHECKING:
    from tests.hosts.key_plugin.bench import Bench

pkcs11 = pytest.importorskip("pkcs11", reason="NO HSM IS TESTED: run `make setup`, which installs python-pkcs11")

SEED = b"thirty-two bytes of a DEK seed.."


@pytest.fixture
def vault(bench: Bench) -> Any:
    assert bench.vault(writable=True).create() == "secrets/1"
    return bench.vault()


def test_what_is_wrapped_unwraps_and_the_ciphertext_shows_nothing_of_it(vault: Any) -> None:
    wrapped = vault.wrap(SEED)
    assert not any(SEED[start : start + 4] in wrapped.ciphertext for start in range(len(SEED) - 3))
    assert vault.unwrap(wrapped) == SEED
    assert wrapped.key_id == vault.prove() == "secrets/1"
    assert vault.wrap(SEED).ciphertext != wrapped.ciphertext


def test_no_changed_byte_goes_unnoticed(vault: Any) -> None:
    wrapped = vault.wrap(SEED)
    for place in range(len(wrapped.ciphertext)):
        changed = bytearray(wrapped.ciphertext)
        changed[place] ^= 1
        with pytest.raises(RefusedError):
            vault.unwrap(replace(wrapped, ciphertext=bytes(changed)))
    for short in (b"", wrapped.ciphertext[:-1], wrapped.ciphertext[:29], wrapped.ciphertext * 20):
        with pytest.raises(RefusedError):
            vault.unwrap(replace(wrapped, ciphertext=short))
    assert vault.unwrap(wrapped) == SEED


def test_a_ciphertext_opens_only_under_the_key_that_made_it(bench: Bench, vault: Any) -> None:
    wrapped = vault.wrap(SEED)
    assert bench.command("rotate").stdout == "secrets/2\n"
    with pytest.raises(RefusedError, match="altered or not made with key secrets/2"):
        vault.unwrap(replace(wrapped, key_id="secrets/2"))
    with pytest.raises(UnknownKeyError, match="key secrets/3 is not on the token"):
        vault.unwrap(replace(wrapped, key_id="secrets/3"))
    for foreign in ("other/1", "secrets/01", "", "secrets"):
        with pytest.raises(RefusedError, match="none of 'secrets'"):
            vault.unwrap(replace(wrapped, key_id=foreign))
    with pytest.raises(RefusedError, match="annotations"):
        vault.unwrap(replace(wrapped, annotations={}))


def test_a_rotation_by_another_process_is_seen_at_once_and_old_ciphertexts_still_open(bench: Bench, vault: Any) -> None:
    old = vault.wrap(SEED)
    assert bench.command("rotate").stdout == "secrets/2\n"
    new = vault.wrap(SEED)
    assert (old.key_id, new.key_id, vault.prove()) == ("secrets/1", "secrets/2", "secrets/2")
    assert vault.unwrap(old) == vault.unwrap(new) == SEED
    assert list(map(str, vault.versions())) == ["secrets/1", "secrets/2"]


def test_the_tenth_version_is_newer_than_the_ninth(bench: Bench, vault: Any) -> None:
    del vault
    writing = bench.vault(writable=True)
    assert [writing.rotate() for _ in range(10)][-1] == writing.prove() == "secrets/11"


def test_only_keys_are_wrapped(vault: Any) -> None:
    for size in (0, 996):
        with pytest.raises(RefusedError, match=f"{size} bytes to encrypt"):
            vault.wrap(b"x" * size)
    assert len(vault.wrap(b"x" * 995).ciphertext) == 1024  # Kubernetes refuses longer ones


def test_the_key_cannot_be_read_from_the_token(bench: Bench, vault: Any) -> None:
    from hosts.key_plugin import keyring  # noqa: PLC0415  after the skip

    del vault
    with pytest.raises(LockedError, match="AttributeSensitive"):
        bench.vault().token.run(lambda session: keyring.current(session, "secrets")[1][pkcs11.Attribute.VALUE])


def test_a_first_key_is_made_once(bench: Bench, vault: Any) -> None:
    del vault
    with pytest.raises(RefusedError, match="secrets/1 is there already"):
        bench.vault(writable=True).create()


def test_without_a_key_nothing_is_done_and_the_next_step_is_named(bench: Bench) -> None:
    vault = bench.vault()
    for ask in (vault.prove, lambda: vault.wrap(SEED), bench.vault(writable=True).rotate):
        with pytest.raises(UnknownKeyError, match="enclave-kms-plugin create"):
            ask()


def _refused(vault: Any, wrapped: Any) -> list[str]:
    """Return the reasons of all three refusals, once each."""
    reasons = []
    for ask in (vault.prove, lambda: vault.wrap(SEED), lambda: vault.unwrap(wrapped)):
        with pytest.raises(LockedError) as refusal:
            ask()
        reasons.append(str(refusal.value))
    return sorted(set(reasons))


def test_taking_the_pin_away_locks_at_once_and_putting_it_back_unlocks(bench: Bench, vault: Any) -> None:
    wrapped = vault.wrap(SEED)
    away = bench.pin.rename(bench.folder / "away")
    (reason,) = _refused(vault, wrapped)
    assert f"locked: the PIN file {bench.pin} cannot be read (No such file or directory)" in reason
    away.rename(bench.pin)
    assert vault.unwrap(wrapped) == SEED


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda pin: pin.chmod(0o640), "has mode 0640"),
        (lambda pin: pin.chmod(0o602), "has mode 0602"),
        (lambda pin: pin.write_text("\n"), "holds 0 bytes"),
        (lambda pin: pin.write_text("x" * 300), "holds more than 256 bytes"),
        (lambda pin: pin.write_bytes(b"\xff\xfe"), "is not UTF-8"),
        (lambda pin: (pin.unlink(), pin.mkdir(mode=0o700)), "is no regular file"),
        (lambda pin: (pin.rename(f"{pin}.real"), pin.symlink_to(f"{pin}.real")), "Too many levels of symbolic links"),
    ],
)
def test_a_pin_file_that_others_could_have_is_not_used(bench: Bench, vault: Any, harm: Any, words: str) -> None:
    wrapped = vault.wrap(SEED)
    harm(bench.pin)
    (reason,) = _refused(vault, wrapped)
    assert words in reason


def test_a_refused_pin_is_tried_once_so_that_the_token_does_not_lock_itself(
    bench: Bench, vault: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrapped = vault.wrap(SEED)
    tried: list[str] = []
    bench.write_pin("not the PIN")
    with pytest.raises(LockedError, match="refused the PIN"):
        vault.prove()
    with monkeypatch.context() as patch:
        patch.setattr("hosts.key_plugin.token.pkcs11.lib", tried.append)
        (reason,) = _refused(vault, wrapped)
    assert "it is not tried again before that file changes" in reason
    assert tried == []
    bench.write_pin("user-4711-pin")
    assert vault.unwrap(wrapped) == SEED


def test_a_token_that_is_taken_out_is_missed_at_once_and_found_again(bench: Bench, vault: Any) -> None:
    wrapped = vault.wrap(SEED)
    away = bench.tokens.rename(bench.folder / "away")
    assert all("bench" in reason or "does not start" in reason for reason in _refused(vault, wrapped))
    bench.tokens.mkdir()  # an HSM without our token
    assert _refused(vault, wrapped) == [
        "token 'bench': the token is not there: connect it, and check --module and --token"
    ]
    bench.tokens.rmdir()
    away.rename(bench.tokens)
    assert vault.unwrap(wrapped) == SEED


def test_a_token_that_does_not_answer_keeps_nobody_waiting(
    bench: Bench, vault: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    del bench
    monkeypatch.setattr("hosts.key_plugin.token._PATIENCE", 0.01)
    with vault.token._alone, pytest.raises(LockedError, match="does not answer"):
        vault.prove()
    assert vault.prove() == "secrets/1"


@pytest.mark.parametrize("attribute", ["EXTRACTABLE", "SENSITIVE"])
def test_a_key_that_could_leave_the_token_is_not_used(bench: Bench, vault: Any, attribute: str) -> None:
    from hosts.key_plugin import keyring  # noqa: PLC0415  after the skip

    wrapped = vault.wrap(SEED)
    weak = {**keyring._TEMPLATE, pkcs11.Attribute[attribute]: attribute == "EXTRACTABLE"}
    writing = bench.vault(writable=True)
    writing.token.run(lambda session: _generate(session, 2, weak))
    vault = bench.vault()
    for ask in (vault.prove, lambda: vault.wrap(SEED), lambda: vault.unwrap(replace(wrapped, key_id="secrets/2"))):
        with pytest.raises(UnsafeKeyError, match=f"key secrets/2 is not safe to use, by its .*{attribute}"):
            ask()
    assert vault.unwrap(wrapped) == SEED


def test_a_key_that_was_made_elsewhere_and_imported_is_not_used(bench: Bench, vault: Any) -> None:
    from hosts.key_plugin import keyring  # noqa: PLC0415  after the skip

    del vault
    attribute = pkcs11.Attribute
    imported = {
        **keyring._TEMPLATE,
        attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY,
        attribute.KEY_TYPE: pkcs11.KeyType.AES,
        attribute.VALUE: b"k" * 32,
        attribute.LABEL: "secrets",
        attribute.ID: (2).to_bytes(4, "big"),
    }
    bench.vault(writable=True).token.run(lambda session: session.create_object(imported))
    with pytest.raises(UnsafeKeyError, match="LOCAL"):
        bench.vault().prove()


@pytest.mark.parametrize(("identity", "words"), [(1, "two keys on the token are secrets/1"), (0, "is no version")])
def test_a_key_beside_ours_that_makes_ours_doubtful_stops_everything(
    bench: Bench, vault: Any, identity: int, words: str
) -> None:
    from hosts.key_plugin import keyring  # noqa: PLC0415  after the skip

    del vault
    bench.vault(writable=True).token.run(lambda session: _generate(session, identity, keyring._TEMPLATE))
    with pytest.raises(UnsafeKeyError, match=words):
        bench.vault().prove()


def _generate(session: Any, version: int, template: dict[Any, Any]) -> None:
    identity = version.to_bytes(4, "big")
    session.generate_key(pkcs11.KeyType.AES, 256, label="secrets", id=identity, store=True, template=dict(template))


def test_seeded_bug_a_token_that_encrypts_nothing_is_noticed(vault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from hosts.key_plugin.envelope import Sealed  # noqa: PLC0415  after the skip

    monkeypatch.setattr("hosts.key_plugin.keyring.seal", lambda _s, _n, _k, plain: Sealed(b"n" * 12, plain + b"t" * 16))
    with pytest.raises((UnsafeKeyError, LockedError)):
        vault.prove()
    with pytest.raises(AssertionError):
        test_what_is_wrapped_unwraps_and_the_ciphertext_shows_nothing_of_it(vault)
