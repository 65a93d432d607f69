"""What a gateway decides by: the declared table as Cedar policies, Envoy's configuration, both in one bundle."""
