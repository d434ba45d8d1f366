class UnknownKind(ValueError):
    """There are no lessons of this kind."""
