"""The certificate of a class's server: made once, and named in every code by its SHA-256."""

import ssl
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from undergrad import extras
from undergrad.classroom.folder import Classroom
from undergrad.errors import UsageError
from undergrad.files import disk_errors, write_new

_YEARS = timedelta(days=3650)  # a learner compares the SHA-256, never the date


def fingerprint(classroom: Classroom) -> str:
    """SHA-256 of the server's certificate, which is made when there is none.

    UsageError, which names the extra, where it cannot be made.
    """
    if not (classroom.certificate.exists() and classroom.private_key.exists()):
        _make(classroom)
    with disk_errors(classroom.certificate):
        text = classroom.certificate.read_text("ascii")
    return sha256(ssl.PEM_cert_to_DER_cert(text)).hexdigest()


def _make(classroom: Classroom) -> None:
    if extras.missing("class"):
        raise UsageError(extras.advice("The server of a class", "class"))
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "undergrad class")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _YEARS)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with disk_errors(classroom.root):
        classroom.private_key.unlink(missing_ok=True)
        classroom.certificate.unlink(missing_ok=True)
        write_new(classroom.private_key, private, mode=0o600)
        write_new(classroom.certificate, certificate.public_bytes(serialization.Encoding.PEM))
