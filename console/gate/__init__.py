"""The gate: the engine with every pack attached, and a verdict that cannot be forgotten or read too kindly."""
