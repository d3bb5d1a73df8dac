"""A call goes only to a server that somebody vouches for, under the name that was called."""

import datetime as dt
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compliance.consequences import gateway
from tenants.context import TenantRef
from tenants.tests.factories import AT

from .factories import Listener

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for localhost that nobody vouches for, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(tz=dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path / "server.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Listener]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    heard = Listener(context=context)
    yield heard
    heard.stop()


def test_a_certificate_must_be_vouched_for_and_name_the_host(
    in_alpha: TenantRef, secure: Listener, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {
        "message_id": "x",
        "body": b'{"type":"test"}',
        "secrets": ["whsec_eA=="],
        "at": AT,
    }
    refused = gateway.call(f"https://localhost:{secure.port}/", **given)
    assert (refused.status, "certificate verify failed" in refused.text) == (None, True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert gateway.call(f"https://127.0.0.1:{secure.port}/", **given).status is None
    assert gateway.call(f"https://localhost:{secure.port}/", **given).status == 204
    assert len(secure.heard) == 1
