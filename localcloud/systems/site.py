"""A public name that leads to a load balancer, as a client on this machine reaches it."""

import time
import urllib.request
from dataclasses import dataclass
from typing import Self

from dnslib import QTYPE, DNSError, DNSRecord

from localcloud.core.errors import StartFailed
from localcloud.core.paths import LOGS
from localcloud.core.state import CloudState

READY = "/health/ready"
READY_WITHIN_S = 240.0
"""Instances boot, the balancer finds them healthy, and three checks of Route 53 must pass."""


@dataclass(frozen=True, slots=True)
class Site:
    """A name, and the DNS server to ask for it."""

    name: str
    dns_port: int

    @classmethod
    def of(cls, cloud: CloudState, name: str) -> Self:
        """The site *name* in *cloud*."""
        return cls(name, cloud.dns_port)

    def url(self) -> str | None:
        """Where its HTTP is served on this machine now; None where the name leads nowhere."""
        found = self._service()
        return f"http://127.0.0.1:{found[1]}" if found else None

    def leads_to(self) -> str | None:
        """The AWS name behind it now."""
        found = self._service()
        return found[0] if found else None

    def _service(self) -> tuple[str, int] | None:
        question = DNSRecord.question(f"_http._tcp.{self.name}", "SRV")
        try:
            answer = DNSRecord.parse(question.send("127.0.0.1", self.dns_port, timeout=1))
        except (OSError, DNSError):
            return None
        found = [record.rdata for record in answer.rr if record.rtype == QTYPE.SRV]
        return (str(found[0].target).rstrip("."), int(found[0].port)) if found else None

    def wait_until_ready(self) -> float:
        """Wait until the application behind the name is ready; returns the seconds it took."""
        began = time.monotonic()
        while time.monotonic() - began < READY_WITHIN_S:
            if self._ready():
                return time.monotonic() - began
            time.sleep(0.5)
        raise StartFailed(
            f"{self.name} was not ready after {READY_WITHIN_S:.0f} s",
            f"look at the logs of its instances: {LOGS}/instances",
        )

    def _ready(self) -> bool:
        url = self.url()
        if url is None:
            return False
        asked = urllib.request.Request(f"{url}{READY}", headers={"Host": self.name})
        try:
            urllib.request.urlopen(asked, timeout=3).close()
        except OSError:
            return False
        return True
