"""The engine of a migration wave: what is at the source is copied, compared, and removed once that is proved."""
