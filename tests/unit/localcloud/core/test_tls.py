import socket
import ssl
import stat
import threading
from pathlib import Path

import pytest

from localcloud.core.tls import ServerCertificate, issue


def greet_once(certificate: ServerCertificate) -> int:
    """A TLS server that says hello to one client; returns its port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.chain, certificate.key)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listener:
            plain, _ = listener.accept()
        try:
            with context.wrap_socket(plain, server_side=True) as connection:
                connection.sendall(b"hello")
        except OSError:
            plain.close()  # the client did not like us: that is what the test is about

    threading.Thread(target=serve, daemon=True).start()
    port: int = listener.getsockname()[1]
    return port


def hear(port: int, context: ssl.SSLContext, name: str) -> bytes:
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=name) as connection,
    ):
        return connection.recv(5)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_client_with_the_authority_trusts_the_server(tmp_path: Path, name: str) -> None:
    certificate = issue(tmp_path)
    assert hear(greet_once(certificate), certificate.client_context(), name) == b"hello"


def test_a_client_of_another_run_does_not_trust_the_server(tmp_path: Path) -> None:
    ours, earlier = issue(tmp_path / "ours"), issue(tmp_path / "earlier")
    with pytest.raises(ssl.SSLCertVerificationError):
        hear(greet_once(ours), earlier.client_context(), "127.0.0.1")


def test_a_server_under_another_name_is_not_trusted(tmp_path: Path) -> None:
    certificate = issue(tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"):
        hear(greet_once(certificate), certificate.client_context(), "127.0.0.2")


def test_only_the_owner_can_read_the_key_even_over_an_older_open_file(tmp_path: Path) -> None:
    key = tmp_path / "server.key"
    key.touch(mode=0o666)
    assert issue(tmp_path).key == key
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
