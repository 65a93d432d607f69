"""A run in OSCAL (NIST), which tools of auditors read: what the rules are for, and what came of them."""
