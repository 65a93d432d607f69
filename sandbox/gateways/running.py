"""A gateway as its cloud holds it: what its hosts insist on, and what lies where they look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hosts.gateway.bundle import FILES, digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Running:
    """One gateway of one site; ``files`` are empty where there is no bundle, ``place`` says where its hosts look.

    ``digest`` is what the hosts insist on, "" for nothing. ``region`` is that of AWS in which it is, "" elsewhere.
    ``records`` is the bucket that they ship their record to, "" for none; ``hosts`` are their names there.
    ``watched``: the site has a CronJob that watches by itself.
    ``receiver`` is where pods of ``namespace`` ship it instead (https://HOST/BUCKET), "" for none.
    """

    site: str
    gateway: str
    digest: str
    place: str
    files: Mapping[str, str]
    region: str = ""
    records: str = ""
    hosts: tuple[str, ...] = ()
    receiver: str = ""
    namespace: str = ""
    watched: bool = False

    @property
    def name(self) -> str:
        """What tells it from the others of a sandbox."""
        return f"{self.site}-{self.gateway}"

    @property
    def wrong(self) -> str:
        """Why its hosts would refuse to start, "" where they would not."""
        if self.files.keys() != FILES:
            return f"there is no bundle at {self.place}"
        found = digest_of(self.files)
        if found == self.digest:
            return ""
        return f"its hosts insist on bundle {self.digest[:16] or 'none'}, and {self.place} holds {found[:16]}"

    @property
    def mends(self) -> str:
        """What puts the declared bundle back: the engine looks at what is there only when it is asked to."""
        again = "`pulumi refresh --stack local` in an activated shell and then `make up`"
        return f"delete that object; {again} write the declared one again" if self.region else f"{again} mend it"
