"""Where `enclave` begins: Ctrl-C ends the program without a word until it is ready to say something, and at its end."""

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)


def main() -> None:
    """Run the command; KeyboardInterrupt is raised only while somebody is there to catch it."""
    from console.main import main as run  # noqa: PLC0415  after the line above

    try:
        run()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
