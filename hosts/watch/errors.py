"""What can go wrong while watching; each text names the cause and the next step."""


class WatchError(Exception):
    """A site cannot be read, or a document is damaged."""
