"""Makes the record of a run from what the commands know: declaration, rules, the engine's log."""
