"""Pass lines: each with what was measured, what it must be, and whether it is."""


class Lines:
    """What was measured so far, printed as it comes."""

    def __init__(self) -> None:
        self.missed = 0

    def line(self, what: str, figure: str, wanted: str, *, good: bool) -> None:
        self.missed += not good
        print(f"{'good  ' if good else 'MISSED'}  {what}: {figure} ({wanted})", flush=True)

    def note(self, text: str) -> None:
        """What is no line, such as how long it took to prepare one."""
        print(f"        {text}", flush=True)
