"""Gateways as they really run: Envoy, the authorizer and an upstream, from the bundle of a declaration."""
