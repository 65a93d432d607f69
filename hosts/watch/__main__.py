"""Runs the watch as a program."""

import sys

from hosts.watch.main import main

sys.exit(main())
