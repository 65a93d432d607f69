"""What a run that was killed leaves behind, and how the next one mends it: processes, locks, a state, objects.

Data flows one way: what is left (`leftover`, `locks`, `copies`) → what was under way (`pending`) → what of it is there
(`finding`) → the state as it should be (`adopting`).
"""
