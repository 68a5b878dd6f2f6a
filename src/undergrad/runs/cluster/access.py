"""How to reach a cluster: its address, and the certificate that opens it, in one file.

Anyone who reaches a scheduler of Dask runs code on every worker. So every connection is encrypted,
and both ends show the one certificate of the cluster, which `undergrad cluster start` makes. The
file holds its key too, and is as secret as a password.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from undergrad.errors import UsageError
from undergrad.files import disk_errors, write_new
from undergrad.words import day

if TYPE_CHECKING:
    from distributed.security import Security

_KIND = "undergrad cluster 1"  # of a file, with the version of what it holds


@dataclass(frozen=True)
class Access:
    """What opens a cluster.

    Arguments:
        address: of its scheduler, such as `tls://10.0.0.5:8786`.
        certificate, key: PEM. It is signed by itself, and each end trusts this one and no other.
    """

    address: str
    certificate: str
    key: str = field(repr=False)

    @property
    def expires(self) -> datetime:
        """Until when the certificate holds."""
        from cryptography import x509

        return x509.load_pem_x509_certificate(self.certificate.encode()).not_valid_after_utc

    def security(self) -> "Security":
        """For scheduler, workers and clients alike."""
        from distributed.security import Security

        roles = ("scheduler", "worker", "client")
        certificates = {f"tls_{role}_cert": self.certificate for role in roles}
        keys = {f"tls_{role}_key": self.key for role in roles}
        return Security(
            require_encryption=True, tls_ca_file=self.certificate, **certificates, **keys
        )


def create(host: str, port: int) -> Access:
    """Access to a cluster that is to be started there: with a new certificate, for a year."""
    from distributed.comm.addressing import unparse_host_port
    from distributed.security import Security

    made = Security.temporary()
    address = f"tls://{unparse_host_port(host, port)}"
    return Access(address, str(made.tls_client_cert), str(made.tls_client_key))


def write(access: Access, path: Path) -> None:
    """A new file that only its owner can read. UsageError when the name is taken."""
    content = json.dumps({"kind": _KIND, **asdict(access)}, indent=2).encode()
    with disk_errors(path):
        if not write_new(path, content, mode=0o600):
            raise UsageError(f"{path} exists already: name another file.")


def read(path: Path) -> Access:
    """The access in a file. UsageError when it is missing, something else, or expired."""
    try:
        access = _whole(path.read_bytes())
        expires = access.expires
    except FileNotFoundError:
        raise UsageError(
            f"There is no cluster file {path}: `undergrad cluster start` writes one; copy it here."
        ) from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(
            f"{path} is not a cluster file: copy the one that `undergrad cluster start` wrote."
        ) from error
    if expires < datetime.now(UTC):
        raise UsageError(
            f"{path} expired on {day(expires)}: remove it, and `undergrad cluster start` makes "
            "another, which every machine of the cluster needs."
        )
    return access


def _whole(content: bytes) -> Access:
    """ValueError, KeyError or TypeError unless all is there."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data = json.loads(content)
    if data["kind"] != _KIND or not str(data["address"]).startswith("tls://"):
        raise ValueError("of another kind")
    load_pem_private_key(data["key"].encode(), None)
    return Access(data["address"], data["certificate"], data["key"])
