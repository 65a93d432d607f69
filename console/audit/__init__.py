"""`enclave audit` and `enclave explain`: judge an exported state with no engine, login or provider, and say why."""
