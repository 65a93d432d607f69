"""`enclave failover`: copy what must survive the loss of a site, and hold each copy against its source."""
