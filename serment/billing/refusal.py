"""Why a verb of this room wrote nothing."""


class Refused(ValueError):
    """French: why nothing was written."""
