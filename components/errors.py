"""What components raise."""


class ArgumentError(ValueError):
    """A plain argument of a component cannot be built: which, its value, and what to write instead."""
