"""A class's folder: its settings, its key, its roster and, where nobody says otherwise, its store.

    class.json         name, purpose, store, last day, address of the server
    key                the class key; every learner's secret is derived from it
    roster.csv         names and codes: the only place where a name stands beside a number
    class.db           the store, unless `--store` named a PostgreSQL database
    certificate.pem    of the server, with its private key in private.pem

Only its owner may read it. A backup of this folder is a backup of the class.
"""

import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from undergrad.classroom.database import is_postgres, sqlite_url
from undergrad.classroom.invitation import Invitation
from undergrad.classroom.store import Store
from undergrad.errors import UsageError
from undergrad.files import disk_errors, refuse_foreign_folder, replace_file, write_new

SETTINGS = "class.json"
_FORMAT = 1


@dataclass(frozen=True)
class Settings:
    """What `class.json` holds."""

    format: int
    id: str
    name: str
    purpose: str
    keep_until: str  # a date
    store: str  # the address of a PostgreSQL database; "" for class.db in this folder
    address: str = ""  # host:port where learners find the server; "" without one


@dataclass(frozen=True)
class Classroom:
    """One class on the teacher's disk."""

    root: Path
    settings: Settings

    @property
    def roster(self) -> Path:
        """Names and codes."""
        return self.root / "roster.csv"

    @property
    def exported(self) -> Path:
        """The marks as they were exported last."""
        return self.root / "exported.json"

    @property
    def certificate(self) -> Path:
        """The server's."""
        return self.root / "certificate.pem"

    @property
    def private_key(self) -> Path:
        """Of the certificate."""
        return self.root / "private.pem"

    @property
    def store_url(self) -> str:
        """Where the store is."""
        return self.settings.store or sqlite_url(self.root)

    @property
    def seed(self) -> int:
        """The secret seed of this class's regrades."""
        return int(self._derived("seed"), 16) % 1_000_000

    @property
    def teacher_key(self) -> str:
        """What the address of the board on the server ends with."""
        return self._derived("teacher")[:32]

    def secret(self, learner: int) -> str:
        """What a learner signs with."""
        return self._derived(f"learner {learner}")[:32]

    def open_store(self) -> Store:
        """The class's store. StoreError when it is not there or cannot be used."""
        return Store.open(self.store_url, self.settings.id)

    def invitation(self, learner: int, certificate: str) -> Invitation:
        """What a learner's code says. certificate: its SHA-256; "" without a server."""
        us = self.settings
        return Invitation(
            us.id,
            us.name,
            us.purpose,
            us.keep_until,
            learner,
            self.secret(learner),
            us.address,
            certificate,
        )

    def with_address(self, address: str) -> "Classroom":
        """The class with another address of its server, which is kept."""
        changed = replace(self, settings=replace(self.settings, address=address))
        with disk_errors(self.root):
            _write_settings(self.root, changed.settings)
        return changed

    def _derived(self, purpose: str) -> str:
        with disk_errors(self.root / "key"):
            key = (self.root / "key").read_bytes()
        return hmac.new(key, purpose.encode(), "sha256").hexdigest()


def create(folder: Path, *, name: str, purpose: str, store: str, keep_until: date) -> Classroom:
    """A new class in `folder`. UsageError where something else is, StoreError from the store.

    Its settings are written last, so that what a crash leaves is not taken for a class.
    """
    root = folder.expanduser().absolute()
    if (root / SETTINGS).exists():
        raise UsageError(f"{root} is a class already: see `undergrad class board {folder}`.")
    refuse_foreign_folder(root, SETTINGS)
    if store and not is_postgres(store):
        raise UsageError(
            "--store is for `postgresql://...`; without it the store is in the folder."
        )
    settings = Settings(
        _FORMAT, secrets.token_hex(8), name or root.name, purpose, keep_until.isoformat(), store
    )
    made = Classroom(root, settings)
    with disk_errors(root):
        root.mkdir(parents=True, exist_ok=True)
        os.chmod(root, 0o700)
        write_new(root / "key", secrets.token_bytes(32), mode=0o600)
    Store.create(made.store_url, settings.id).close()
    with disk_errors(root):
        _write_settings(root, settings)
    return made


def find(folder: Path) -> Classroom:
    """The class in `folder`. UsageError when there is none."""
    root = folder.expanduser().absolute()
    file = root / SETTINGS
    if not file.is_file():
        raise UsageError(
            f"There is no class in {root}: create one with `undergrad class init {folder}`."
        )
    with disk_errors(file):
        text = file.read_text("utf-8", "replace")
    try:
        settings = Settings(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise UsageError(f"{file} was changed by hand and cannot be read: {error}.") from error
    if settings.format != _FORMAT:
        raise UsageError(f"A newer undergrad wrote {file}: upgrade undergrad.")
    return Classroom(root, settings)


def _write_settings(root: Path, settings: Settings) -> None:
    replace_file(root / SETTINGS, f"{json.dumps(asdict(settings), indent=2)}\n".encode())
