"""What surrounds the process of a function: its region's clock, names, and way to the other region."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from localcloud.core.paths import NAMES
from localcloud.emulator.patches.workers import region_of
from localcloud.emulator.patches.wrapping import Wrapper, wrap

# Runs before anything of the function; the function's environment does not show that it did.
_SURROUNDED = """
def _set_clock(path):
    import mmap, struct, time
    with open(path, "rb") as stream:
        offset = mmap.mmap(stream.fileno(), 8, access=mmap.ACCESS_READ)
    right, right_ns, read = time.time, time.time_ns, struct.Struct("=q").unpack_from
    time.time = lambda: right() + read(offset)[0] / 1e9
    time.time_ns = lambda: right_ns() + read(offset)[0]
def _lead(ways):
    import socket
    connect = socket.socket.connect
    def lead(self, address):
        if isinstance(address, tuple) and address[1] in ways:
            address = (address[0], ways[address[1]], *address[2:])
        return connect(self, address)
    socket.socket.connect = lead
def _name(folder, port):
    import sys
    sys.path.append(folder)
    import instance_names
    sys.path.remove(folder)
    instance_names.install(port)
def _surround():
    import json, os
    _name(os.environ.pop("_LOCALCLOUD_NAMES"), os.environ.pop("_LOCALCLOUD_DNS"))
    _set_clock(os.environ.pop("_LOCALCLOUD_CLOCK"))
    ways = json.loads(os.environ.pop("_LOCALCLOUD_WAYS"))
    _lead({int(door): way for door, way in ways.items()})
_surround()
"""


def surround(clocks: Mapping[str, Path], ways: Mapping[str, str], dns_port: int) -> None:
    """Give each process its region's clock, and a way to the other region that a cut link cuts, too.

    On AWS the clock is that of the host, and a function that calls the other region's API leaves its
    own region. Names of load balancers are found as instances find them, by the DNS server at *dns_port*.
    Upstream has one clock for all, and its processes reach every port of this machine. Only Python's time()
    and time_ns() go wrong: what sleeps or times out goes by another clock, there as here.
    """

    def credentials(original: Wrapper, config: dict[str, Any]) -> dict[str, str]:
        region = region_of(config)
        return {
            **original(config),
            "_LOCALCLOUD_CLOCK": str(clocks[region]),
            "_LOCALCLOUD_WAYS": ways[region],
            "_LOCALCLOUD_NAMES": str(NAMES),
            "_LOCALCLOUD_DNS": str(dns_port or ""),
        }

    lambda_runtime._PYTHON_WORKER_SCRIPT = _SURROUNDED + lambda_runtime._PYTHON_WORKER_SCRIPT
    wrap(lambda_runtime, "execution_credentials", credentials)
    lambda_svc.execution_credentials = lambda_runtime.execution_credentials
