"""The code that a learner joins a class with: one word to copy from a mail.

It holds everything that is needed: the class, its purpose and last day, where its server is, the
SHA-256 of that server's certificate, the learner's number and a secret, which signs what is sent.
"""

import base64
import binascii
import json
from dataclasses import asdict, dataclass
from hashlib import sha256

from undergrad.errors import UsageError

_PREFIX = "ug1-"
_CHECK = 4  # bytes of a checksum at the end, so that a code that was cut short is noticed


@dataclass(frozen=True)
class Invitation:
    """What a code says."""

    class_id: str
    name: str  # of the class
    purpose: str
    keep_until: str  # a date; after it the class is erased
    learner: int
    secret: str
    address: str = ""  # host:port; "" for a class without a server
    certificate: str = ""  # SHA-256 of the server's certificate; "" without a server

    @property
    def key(self) -> bytes:
        """What signs a push."""
        return self.secret.encode()


def encode(invitation: Invitation) -> str:
    """The code."""
    plain = json.dumps([*asdict(invitation).values()], separators=(",", ":")).encode()
    whole = plain + sha256(plain).digest()[:_CHECK]
    return _PREFIX + base64.urlsafe_b64encode(whole).decode().rstrip("=")


def decode(code: str) -> Invitation:
    """What a code says. UsageError for one that was cut short, changed, or is something else."""
    joined = "".join(code.split())  # a mail may have broken it
    if not joined.startswith(_PREFIX):
        raise UsageError(
            f"This is not a code of a class: it begins with `{_PREFIX}`, as your teacher sent it."
        )
    try:
        letters = joined.removeprefix(_PREFIX)
        whole = base64.b64decode(letters + "=" * (-len(letters) % 4), b"-_", validate=True)
        plain, check = whole[:-_CHECK], whole[-_CHECK:]
        if sha256(plain).digest()[:_CHECK] != check:
            raise ValueError("checksum")
        return Invitation(*json.loads(plain))
    except (ValueError, TypeError, binascii.Error) as error:
        raise UsageError(
            "The code is cut short or was changed: copy it once more, to its last letter."
        ) from error
