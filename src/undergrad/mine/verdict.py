"""The verdict on a part, as it is found, travels between processes and rests in the cache."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """What came of the trials of one part. An empty `reason`: it may be used."""

    name: str  # dotted, of the engine's piece
    reason: str = ""  # why it is refused: a sentence without its end
    trials: int = 0  # how many it took part in, without falling back on what is lent
    slower: float = 1.0  # how many times as long as the reference

    @property
    def fits(self) -> bool:
        return not self.reason
