"""What holds for all tests."""

from hypothesis import settings

# How long an example takes depends on who else uses the machine; speed is measured in benchmarks/.
settings.register_profile("landline", deadline=None)
settings.load_profile("landline")
