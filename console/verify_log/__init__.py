"""`enclave verify-log`: whether a gateway's record is whole, by its chain and by what its authorizer signed."""
