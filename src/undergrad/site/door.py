"""How a browser is let in: by an address that works once, and from then on by a cookie.

Every user of a computer can reach its ports, so a page must not go to everyone who requests it.
The terminal prints an address with a key. The first browser that opens it gets a cookie, and the
key is spent; the terminal then prints another address, for another browser.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

from undergrad.files import write_new

_BYTES = 24  # 192 random bits


class Door:
    """The one address that still works, and the cookie of those who came in.

    port: where the site is served. It stands in the cookie's name, as all ports of a computer share
        their cookies.
    secret: what the cookie is made from; with the same secret, open pages survive a restart.
    announce: receives each further address, as soon as the one before it is spent.
    forwarded: the host under which a proxy forwards the port, over HTTPS; else it is this computer.
    """

    def __init__(
        self, port: int, secret: bytes, announce: Callable[[str], None], forwarded: str = ""
    ) -> None:
        self.cookie_name = f"undergrad-{port}"
        self.cookie = hmac.new(secret, self.cookie_name.encode(), hashlib.sha256).hexdigest()
        self._site = f"https://{forwarded}" if forwarded else f"http://127.0.0.1:{port}"
        self._key = secrets.token_urlsafe(_BYTES)
        self._announce = announce

    @property
    def address(self) -> str:
        """The address that lets one browser in."""
        return f"{self._site}/?key={self._key}"

    def spend(self, key: str) -> bool:
        """Whether this is the key of the address; if so, it is replaced by a new one."""
        if not _same(key, self._key):
            return False
        self._key = secrets.token_urlsafe(_BYTES)
        self._announce(self.address)
        return True

    def admits(self, cookies: str) -> bool:
        """Whether a request with this Cookie header comes from a browser that was let in."""
        try:
            given = SimpleCookie(cookies).get(self.cookie_name)
        except CookieError:
            return False
        return given is not None and _same(given.value, self.cookie)

    def set_cookie(self) -> str:
        """The Set-Cookie header. Scripts cannot read the cookie, other sites cannot send it."""
        return f"{self.cookie_name}={self.cookie}; HttpOnly; SameSite=Strict; Path=/"


def _same(given: str, expected: str) -> bool:
    return secrets.compare_digest(given.encode(), expected.encode())


def kept_secret(file: Path) -> bytes:
    """The secret in `file`, which only its owner can read; it is made when there is none.

    A file that others can read holds no secret, so it is replaced. Raises OSError.
    """
    if file.is_file() and not _is_private(file):
        file.unlink()
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_new(file, secrets.token_bytes(32), mode=0o600)
    return file.read_bytes()


def _is_private(file: Path) -> bool:
    return os.name == "nt" or file.stat().st_mode & 0o077 == 0
