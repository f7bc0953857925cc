"""Settings of the property tests. `pytest --hypothesis-profile=thorough` looks fifty times as long."""

from hypothesis import settings

# A busy machine is slow now and then, which is no mistake in what is tested.
settings.register_profile("ordinary", deadline=None, print_blob=True)
settings.register_profile("thorough", deadline=None, print_blob=True, max_examples=5000)
settings.load_profile("ordinary")
