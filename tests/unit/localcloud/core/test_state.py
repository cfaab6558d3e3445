import asyncio
import stat
import sys
from pathlib import Path

import pytest

from localcloud.core.errors import NotRunning
from localcloud.core.ports import free_port
from localcloud.core.state import CloudState, RegionState
from localcloud.route53.answers import Code, Reply, Resource
from localcloud.route53.dns import DnsServer

EAST = RegionState(endpoint="http://127.0.0.1:1", front_door="http://127.0.0.1:2")
CLOUD = CloudState(
    pid=1,
    control="http://127.0.0.1:5",
    token="t",
    operator_endpoint="http://127.0.0.1:6",
    account_id="123456789012",
    access_key_id="AKIA",
    secret_access_key="s",
    regions={"us-east-1": EAST},
    dns_port=free_port(),
    calls_log=Path("calls.jsonl"),
)


def test_the_file_comes_back_as_it_was_written_and_only_its_owner_can_read_it(tmp_path):
    path = tmp_path / "cloud.json"
    CLOUD.save(path)
    assert CloudState.load(path) == CLOUD
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_cloud_the_advice_is_to_start_one(tmp_path):
    with pytest.raises(NotRunning, match=r"no local cloud is running\n  start one with: make up"):
        CloudState.load(tmp_path / "payments" / "cloud.json")


@pytest.mark.parametrize("content", ["{", "{}"])
def test_a_broken_file_says_how_to_get_rid_of_it(tmp_path, content):
    path = tmp_path / "cloud.json"
    path.write_text(content)
    with pytest.raises(NotRunning, match="make down"):
        CloudState.load(path)


def test_the_environment_points_every_sdk_at_this_cloud():
    environment = CLOUD.aws_environment("us-east-1")
    assert environment["AWS_ENDPOINT_URL"] == CLOUD.operator_endpoint
    assert environment["AWS_EC2_METADATA_DISABLED"] == "true"
    assert (environment["SYSTEM"], environment["DR_OUTPUTS"]) == ("payments", str(CLOUD.outputs))


async def test_a_program_finds_the_load_balancers_of_this_cloud_by_name():
    balancer = "orders-1.us-east-1.elb.amazonaws.com"
    asked = f"_http._tcp.{balancer}"
    served = Reply(Code.NOERROR, (Resource(asked, "SRV", 60, f"0 0 18080 {balancer}."),))
    nothing = Reply(Code.NXDOMAIN)
    dns = DnsServer(CLOUD.dns_port, lambda name, _: served if name == f"{asked}." else nothing)
    await dns.start()
    program = f"import socket; print(socket.getaddrinfo({balancer!r}, 80, type=socket.SOCK_STREAM)[0][4])"
    found = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, env=CLOUD.aws_environment("us-east-1"), stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await asyncio.wait_for(found.communicate(), 20)
    await dns.stop()
    assert printed.decode().strip() == "('127.0.0.1', 18080)"


async def test_while_its_dns_is_away_names_are_those_of_this_machine():
    program = "import socket; print(socket.getaddrinfo('127.0.0.2', 80, type=socket.SOCK_STREAM)[0][4])"
    found = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, env=CLOUD.aws_environment("us-east-1"), stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await asyncio.wait_for(found.communicate(), 20)
    assert printed.decode().strip() == "('127.0.0.2', 80)"
