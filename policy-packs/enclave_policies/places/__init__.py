"""Where a place is: regions, zones, hosts, clusters."""
