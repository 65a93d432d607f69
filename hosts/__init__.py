"""What runs on the hosts of an enclave: it is copied there by itself, so it imports nothing of the rest."""
