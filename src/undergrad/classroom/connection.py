"""The learner's connection to the server of a class, and to no other.

Everything travels over TLS. Instead of asking an authority, the server's certificate is compared
with the one that the learner's code names, before a byte of the body is sent.
"""

import hmac
import http.client
import json
import ssl
from hashlib import sha256
from typing import Any

from undergrad.classroom.invitation import Invitation
from undergrad.errors import StoreError, UsageError

_LONGEST = 500  # characters of a server's sentence


def ask(us: Invitation, path: str, body: bytes, patience: float) -> dict[str, Any]:
    """The server's answer, from the server whose certificate the code names and no other."""
    if not us.address:
        raise UsageError(
            f"The class {us.name} has no server: write a file with `undergrad class push --file F`"
            " and hand that in."
        )
    host, _, port = us.address.rpartition(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # compared below instead
    connection = http.client.HTTPSConnection(
        host.strip("[]"), int(port), timeout=patience, context=context
    )
    try:
        connection.connect()
        _compare_certificate(connection, us)
        connection.request("POST", path, body)
        response = connection.getresponse()
        status, content = response.status, response.read(1 << 20)
    except (OSError, http.client.HTTPException) as error:
        raise StoreError(
            f"Nobody answers at {us.address}: push again later, or write a file with"
            " `undergrad class push --file F`."
        ) from error
    finally:
        connection.close()
    return _understood(status, content, us)


def _compare_certificate(connection: http.client.HTTPSConnection, us: Invitation) -> None:
    certificate = connection.sock.getpeercert(binary_form=True) or b""
    if not hmac.compare_digest(sha256(certificate).hexdigest(), us.certificate):
        raise UsageError(
            f"The server at {us.address} is not the one that your code names, so nothing was sent:"
            " ask your teacher for a new code."
        )


def _understood(status: int, content: bytes, us: Invitation) -> dict[str, Any]:
    try:
        answer = json.loads(content)
        said = str(answer.get("error", ""))[:_LONGEST]
    except (ValueError, AttributeError):
        answer, said = {}, ""
    if status == 200 and isinstance(answer, dict):
        return answer
    printable = "".join(letter for letter in said if letter.isprintable())
    if status >= 500:
        raise StoreError(
            f"The server at {us.address} could not store it ({printable or status}):"
            " push again later; nothing is lost."
        )
    raise UsageError(printable or f"The server at {us.address} refused with {status}.")
