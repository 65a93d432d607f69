"""How hard property tests try: a slice in `make test`, far more with `make campaign`."""

from hypothesis import settings

settings.register_profile("slice", max_examples=100, deadline=None)
settings.register_profile("campaign", max_examples=5000, deadline=None)
settings.load_profile("slice")
