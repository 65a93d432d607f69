"""Stand-ins for a gateway's hosts: they run the real Envoy and the real authorizer of each site on this machine."""
