"""One verdict: rules, waivers, packs, and the adapter to the engine."""
