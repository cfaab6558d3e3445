"""A certificate authority that lives as long as one local cloud, and certificates for its servers."""

import os
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import trustme

_NAMES = ("127.0.0.1", "localhost")


class Authority:
    """A certificate authority of this machine. Its key is in memory only."""

    def __init__(self) -> None:
        self._ca = trustme.CA(organization_name="local cloud")

    @property
    def pem(self) -> str:
        """The certificate that clients trust."""
        return self._ca.cert_pem.bytes().decode()

    def leaf(self, names: Iterable[str]) -> trustme.LeafCert:
        """A new certificate for *names*, wildcards included, with its key."""
        return self._ca.issue_cert(*names)


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """What a TLS server on this machine needs, and the trust anchor its clients need."""

    chain: Path
    key: Path
    ca_pem: str

    def client_context(self) -> ssl.SSLContext:
        """For a client that trusts this authority alone and checks the server's name."""
        return ssl.create_default_context(cadata=self.ca_pem)


def issue(folder: Path, names: Iterable[str] = ()) -> ServerCertificate:
    """Make a new authority and a certificate for loopback and *names*.

    Writes chain and key (0600) into *folder*. The authority's own key is never written.
    """
    authority = Authority()
    leaf = authority.leaf((*_NAMES, *names))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    chain, key = folder / "server.pem", folder / "server.key"
    chain.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
    key.unlink(missing_ok=True)  # O_EXCL: never write a key into a file that others may have open
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(leaf.private_key_pem.bytes())
    return ServerCertificate(chain, key, authority.pem)
