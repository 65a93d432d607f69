"""`python -m hosts.key_plugin`: the same as `enclave-kms-plugin`."""

import sys

from hosts.key_plugin.main import main

if __name__ == "__main__":
    sys.exit(main())
