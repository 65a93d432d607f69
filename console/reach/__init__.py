"""`enclave reach`: whether packets get from one end to another, by which hops and rules, or what keeps them out."""
