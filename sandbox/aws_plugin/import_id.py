"""Import ids that are made of several parts, such as `bucket/key`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ImportId:
    """The properties that an id names, in their order; the last takes whatever is left."""

    separator: str
    names: tuple[str, ...]

    def parts(self, identity: str) -> dict[str, str] | None:
        """Property → its part of the id, None where the id has not this form: it is of nothing."""
        parts = identity.split(self.separator, len(self.names) - 1)
        whole = len(parts) == len(self.names) and all(parts)
        return dict(zip(self.names, parts, strict=True)) if whole else None
