"""What the workers of a wave on a site must be, read from the component that the stack itself carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.reading.gathered import each, once
from hosts.gateway.bundle import digest_of
from hosts.wave.starting import SETTINGS_FILE, Settings, read_settings

if TYPE_CHECKING:
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

TYPE: Final = "enclave:kubernetes:WaveWorkers"


@dataclass(frozen=True, slots=True)
class StoreAt:
    """A store as workers reach it."""

    host: str
    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Workers:
    """The workers of one wave on one site; ``settings`` are None while nothing is planned."""

    site: str
    wave: str
    namespace: str
    image: str
    source: StoreAt
    storage: StoreAt
    settings: Settings | None

    @property
    def aliases(self) -> list[dict[str, Any]]:
        """How their pods find both stores, as a pod's hostAliases."""
        return [{"ip": each.address, "hostnames": [each.host]} for each in (self.source, self.storage)]


def workers_in(reading: Reading) -> Workers:
    """Return what a component says. Raises KeyError, TypeError and ValueError where it does not say it."""
    given = reading.resource.props
    source, storage = (StoreAt(str(one["host"]), str(one["address"]), int(one["port"])) for one in given["stores"])
    text = given.get("settings")
    settings = None if text is None else _settings(text)
    names = ("site", "wave", "namespace", "image")
    site, wave, namespace, image = (_text(given[name]) for name in names)
    found = Workers(site, wave, namespace, image, source, storage, settings)
    if settings is not None and _ends(settings) != (wave, _url(source), _url(storage)):
        raise ValueError("the settings tell of another wave, or of other stores")
    return found


@once
def workers_of(stack: Stack) -> dict[tuple[str, str], Workers]:
    """Return the workers of all waves by site and wave, without those of components that cannot be read."""
    return {(one.site, one.wave): one for one in each(stack, stack.of_type(TYPE), workers_in)}


def _settings(text: Any) -> Settings:
    content = _text(text)
    return read_settings(content, digest_of({SETTINGS_FILE: content}))


def _ends(settings: Settings) -> tuple[str, str, str]:
    return settings.wave, settings.source[1], settings.target[1]


def _url(store: StoreAt) -> str:
    return f"https://{store.host}:{store.port}"


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is wanted")
    return value
