"""`python -m hosts.deidentify`: the same as `enclave-deidentify`."""

import sys

from hosts.deidentify.main import main

if __name__ == "__main__":
    sys.exit(main())
