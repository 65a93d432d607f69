"""What pip is configured for holds for uv too."""

from __future__ import annotations

import pytest

from sandbox.package_index import for_uv

_FIXED = {"UV_SYSTEM_CERTS": "true", "UV_INDEX_STRATEGY": "unsafe-best-match"}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", {}),
        ("global.index-url='https://index.example/simple'", {"UV_DEFAULT_INDEX": "https://index.example/simple"}),
        (
            ":env:.index-url='https://env.example'\nglobal.index-url='https://file.example'",
            {"UV_DEFAULT_INDEX": "https://env.example"},
        ),
        (
            "global.index-url='https://a.example'\ninstall.index-url='https://b.example'",
            {"UV_DEFAULT_INDEX": "https://b.example"},
        ),
        (
            "global.extra-index-url='\\nhttps://a.example\\nhttps://b.example'",
            {"UV_INDEX": "https://a.example https://b.example"},
        ),
        (":env:.find-links='/wheels /more'", {"UV_FIND_LINKS": "/wheels,/more"}),
        ("global.cert='/etc/ca.crt'\nglobal.quiet='1'", {"SSL_CERT_FILE": "/etc/ca.crt"}),
        ("download.index-url='https://other.example'\nnonsense", {}),
    ],
)
def test_a_setting_of_pip_becomes_the_one_of_uv(settings: str, expected: dict[str, str]) -> None:
    assert for_uv(settings, {}) == {**_FIXED, **expected}


def test_what_was_set_for_uv_by_hand_stays() -> None:
    settings = "global.index-url='https://pip.example'"
    assert "UV_DEFAULT_INDEX" not in for_uv(settings, {"UV_DEFAULT_INDEX": "https://uv.example"})
