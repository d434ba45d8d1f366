class UnknownKind(ValueError):
    def __init__(self, kind):
        super().__init__(f"no lessons for {kind}")
