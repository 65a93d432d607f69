"""A gateway's authorizer: Envoy asks it about each request; it decides, records durably, and only then says yes."""
