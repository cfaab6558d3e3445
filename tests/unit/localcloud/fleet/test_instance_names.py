"""What a program in an instance finds under names, over the DNS server of this machine."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from localcloud.core.ports import free_ports
from localcloud.fleet.instances.image import GUEST
from localcloud.route53 import parsing
from localcloud.route53.plane import Route53Plane
from localcloud.route53.records import Configuration, Service
from localcloud.route53.resolver import NameNotFoundError, NoAnswerError, Resolver, ServiceResolver

DATABASE = "board-1.c0local.us-east-1.rds.amazonaws.com"
WRITER = "db.internal.example"
TASKS = "sessions.internal.example"
SITE = "web-1.us-east-1.elb.amazonaws.com"
THERE = "web-2.us-east-2.elb.amazonaws.com"
PROGRAM = """
import json, socket, sys
DATABASE, TASKS, SITE, THERE = sys.argv[1:]
def told(ask):
    try:
        return ask()
    except OSError as error:
        return type(error).__name__
print(json.dumps({
    "name": told(lambda: socket.gethostbyname_ex("db.internal.example")[0]),
    "writer": told(lambda: socket.getaddrinfo("db.internal.example", 5432, type=socket.SOCK_STREAM)[0][4]),
    "database": told(lambda: socket.getaddrinfo(DATABASE, 5432, type=socket.SOCK_STREAM)[0][4]),
    "itself": told(lambda: socket.getaddrinfo("127.0.0.1", 8080, type=socket.SOCK_STREAM)[0][4]),
    "tasks": told(lambda: sorted(a[4][1] for a in socket.getaddrinfo(TASKS, 8080, type=socket.SOCK_STREAM))),
    "site": told(lambda: socket.getaddrinfo(SITE, 80, type=socket.SOCK_STREAM)[0][4]),
    "site over there": told(lambda: socket.getaddrinfo(THERE, 443, type=socket.SOCK_STREAM)[0][4]),
    "other port": told(lambda: socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)[0][4]),
    "nobody": told(lambda: socket.gethostbyname_ex("nobody.internal.example")[0]),
}))
"""


@pytest.fixture
async def ports():
    """DNS for the world, and for instances."""
    alias = {"Name": f"{WRITER}.", "Type": "CNAME", "TTL": 5, "ResourceRecords": [{"Value": DATABASE}]}
    zone = parsing.zone("internal.example.", [alias], private=True)

    async def source() -> Configuration:
        return Configuration(zones=(zone,))

    outer, inner = free_ports(2)
    plane = Route53Plane(
        source,
        lambda fqdn: ("", 0),
        outer,
        inner_dns_port=inner,
        services=lambda: {
            DATABASE: Service(healthy=True, ports={5432: 15432}),
            SITE: Service(healthy=True, ports={80: 18080}),
            TASKS: Service(healthy=True, ports={8080: 18081}, others={8080: (18082,)}),
        },
    )
    await plane.start()
    yield outer, inner
    await plane.stop()


async def test_an_instance_finds_a_database_by_its_own_and_by_its_private_name(ports, tmp_path: Path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    environment = {"PYTHONPATH": str(GUEST / "lib"), "INSTANCE_DNS": str(ports[1]), "PATH": os.defpath}
    environment |= {"PORT_8080": "28080", "INSTANCE_WAYS": json.dumps({"us-east-2": 38080})}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *(str(program), DATABASE, TASKS, SITE, THERE),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await asyncio.wait_for(process.communicate(), 20)
    here = ["127.0.0.1", 15432]
    assert json.loads(printed) == {
        "name": DATABASE,
        "writer": here,
        "database": here,
        "itself": ["127.0.0.1", 28080],
        "tasks": [18081, 18082],
        "site": ["127.0.0.1", 18080],
        "site over there": ["127.0.0.1", 38080],
        "other port": ["127.0.0.1", 80],
        "nobody": "gaierror",
    }


async def test_a_client_of_this_machine_learns_where_a_name_is_served(ports):
    _, inner = ports
    served = await ServiceResolver("127.0.0.1", inner).resolve(SITE)
    assert (served.target, served.ttl) == ("127.0.0.1:18080", 60)
    with pytest.raises(NoAnswerError, match="served nowhere here"):
        await ServiceResolver("127.0.0.1", inner).resolve(WRITER)


async def test_a_private_name_is_unknown_to_the_world(ports):
    outer, inner = (Resolver("127.0.0.1", port) for port in ports)
    assert (await inner.resolve(WRITER)).target == DATABASE
    with pytest.raises((NameNotFoundError, NoAnswerError)):
        await outer.resolve(WRITER)
