"""Hosts as a cluster's programs name them: inside the cluster, of the enclave, or foreign."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from enclave_policies.identifiers.addresses import network_of
from enclave_policies.identifiers.shown import shown
from enclave_policies.places import hosts
from enclave_policies.places.regions import Refusal

if TYPE_CHECKING:
    from enclave_policies.law import Law

IN_CLUSTER: Final = (".svc", ".cluster.local")
GENERIC: Final = frozenset(
    re.findall(
        r"\w+",
        """
        com net org edu gov mil int info biz name pro mobi tel aero coop arpa ai amazon aws google microsoft
        azure online site tech shop xyz top club digital systems solutions hosting website space email company
        agency global world international group blog page academy software computer codes technology center
        amsterdam berlin london nyc paris tokyo swiss eu asia africa cat onion example test invalid internal
        corp home lan intranet private
        """,
    )
)
"""Top-level domains that nobody names a namespace after: public ones, and those that no resolver of ours serves."""
LIKE_NAMESPACES: Final = frozenset(
    re.findall(
        r"\w+",
        """
        app cloud dev store data live services support tools network networks media zone run host tv news one
        team security build bar cafe red blue green link works cache directory
        """,
    )
)
"""Top-level domains that namespaces are also named after: ``redis.store`` is a service before it is a domain."""
COUNTRIES: Final = frozenset(
    re.findall(
        r"\w+",
        """
        ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz
        ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk
        fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq
        ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh
        mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk
        pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz
        tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm
        zw
        """,
    )
)
"""Countries' top-level domains (IANA)."""
NAME: Final = re.compile(r"(?=.{1,253}$)[a-z0-9_*]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_*]([a-z0-9_-]*[a-z0-9])?)*")
NUMBER: Final = re.compile(r"(0x[0-9a-f]+|\d+)(\.(0x[0-9a-f]+|\d+)){0,3}")
"""Addresses that ``inet_aton`` understands although nobody would write them so: 134744072, 0x08.8.8.8."""
NOBODY: Final = "255.255.255.255"
LONGEST_IN_CLUSTER: Final = 3  # pod, service, namespace


def normal_host(text: str) -> str:
    """Return a host in lower case without brackets and final dot, compatibility characters resolved."""
    return unicodedata.normalize("NFKC", text).strip().lower().removeprefix("[").removesuffix("]").rstrip(".")


@lru_cache(maxsize=1 << 14)
def refused_host(text: str, law: Law, *, public: bool = False) -> Refusal | None:
    """Return why a host may not be reached, None when it may; ``public``: a name that is no service's in the cluster.

    Acceptable: what the law owns, names inside the cluster, addresses that nothing listens at (0.0.0.0, multicast),
    and AWS hosts of an approved region. Whether an AWS account is an own one, other rules say.
    """
    host = normal_host(text)
    address = network_of(host)
    if address is not None:
        start = address.network_address
        if law.owns_address(host) or start.is_unspecified or start.is_multicast or host == NOBODY:
            return None
        return Refusal(f"the address {shown(host)}, outside the enclave's networks", host, None)
    if NUMBER.fullmatch(host) or not NAME.fullmatch(host):
        return Refusal(f"{shown(host)}, which is no host that can be told", host, None)
    if is_in_cluster(host, public=public):
        return None
    return hosts.refused_host(host, law)


@lru_cache(maxsize=1 << 14)
def is_in_cluster(host: str, *, public: bool = False) -> bool:
    """Return whether the cluster itself resolves a lower-case name: ``redis``, ``redis.store``, ``redis.store.svc``."""
    labels = host.split(".")
    if len(labels) == 1 or host.endswith(IN_CLUSTER):
        return True
    last = labels[-1]
    if last in LIKE_NAMESPACES:
        return len(labels) == 2 and not public  # noqa: PLR2004 (service and namespace)
    if last in GENERIC or last.startswith("xn--") or len(labels) > LONGEST_IN_CLUSTER:
        return False
    return last not in COUNTRIES
