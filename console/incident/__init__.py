"""`enclave incident`: the pack for an authority, of a record that was verified first."""
