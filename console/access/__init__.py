"""Just-in-time grants: asked for (`commands`), approved and revoked by signatures, and listed with their state."""
