"""Snippets of nginx's configuration: whether every directive in them is one that passes nothing on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

HARMLESS: Final = frozenset(
    re.findall(
        r"\S+",
        """
        add_header allow charset client_body_buffer_size client_body_timeout client_header_timeout
        client_max_body_size deny etag expires gzip gzip_comp_level gzip_min_length gzip_proxied gzip_types gzip_vary
        keepalive_timeout large_client_header_buffers limit_conn limit_rate limit_req log_not_found more_clear_headers
        more_clear_input_headers more_set_headers more_set_input_headers proxy_buffer_size proxy_buffering proxy_buffers
        proxy_busy_buffers_size proxy_connect_timeout proxy_cookie_path proxy_hide_header proxy_http_version
        proxy_max_temp_file_size proxy_next_upstream proxy_pass_header proxy_read_timeout proxy_request_buffering
        proxy_send_timeout proxy_set_header send_timeout server_tokens ssl_protocols ssl_session_cache
        ssl_session_timeout underscores_in_headers if
        """,
    )
)
"""Directives of nginx that pass nothing on (nginx documentation, its alphabetical index of directives)."""
DENIED: Final = re.compile(r"[45]\d\d")
TOKEN: Final = re.compile(
    r"""
    (?P<space>\s+) | (?P<comment>\#[^\n]*) | (?P<end>[;{}])
    | (?P<quoted>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')(?=[\s;{})]|$)
    | (?P<word>(?:\\.|\$\{|[^\s;{"'\#])(?:\\.|\$\{|[^\s;{])*)
    """,
    re.VERBOSE | re.DOTALL,
)
"""What nginx's own reader takes for a token: quotes and comments begin at the start of one only."""


def passes_nothing_on(snippet: str) -> bool:
    """Return whether nginx would pass nothing on because of a snippet; what can't be read might."""
    return all(
        words is not None and (words[0] in HARMLESS or (words[0] == "return" and _denies(words)))
        for words in _directives(snippet)
    )


def _denies(words: list[str]) -> bool:
    return len(words) > 1 and DENIED.fullmatch(words[1]) is not None


def _directives(snippet: str) -> Iterator[list[str] | None]:
    """Yield the words of each directive; None where the text is none of nginx's."""
    words: list[str] = []
    place = 0
    while place < len(snippet):
        token = TOKEN.match(snippet, place)
        if token is None:
            yield None
            return
        place = token.end()
        if token.lastgroup in ("word", "quoted"):
            words.append(token[0])
        elif token.lastgroup == "end" and words:
            yield words
            words = []
    if words:  # a directive without its end
        yield None
