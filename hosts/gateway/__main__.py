"""`python -m hosts.gateway`: the same as `enclave-gateway`."""

import sys

from hosts.gateway.main import main

if __name__ == "__main__":
    sys.exit(main())
