"""`enclave watch`: what runs, held against what was approved. The work is in hosts/watch; here it gets its document."""
