"""The law, compiled to guardrails that the platforms enforce themselves: pure functions from a law to documents.

A guardrail is the second line: it refuses whoever asks, with or without Pulumi, but it can only say what its platform
lets it say. Where it says less than the rules, the tables of cases beside its tests say so and why.
"""
