"""One sentence to the person from deep inside: through `logging`, so that a caller can redirect it.

Without any set-up Python prints a warning of this kind as a bare line on stderr.
"""


def tell(sentence: str) -> None:
    """Say something the person should know although the command succeeds."""
    import logging  # 10 ms, which commands without news need not pay

    logging.getLogger("undergrad").warning("%s", sentence)
