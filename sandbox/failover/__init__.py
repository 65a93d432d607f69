"""A failover to try: two gateways before two stores, one of which goes away and comes back; all are stand-ins."""
