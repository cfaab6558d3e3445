import json

import pytest

from gameday.errors import NotDeployed
from gameday.targets import cloud
from localcloud.core.errors import NotRunning

STATE = {
    "pid": 1,
    "control": "http://127.0.0.1:1",
    "token": "t",
    "operator_endpoint": "http://127.0.0.1:2",
    "account_id": "0",
    "access_key_id": "a",
    "secret_access_key": "b",
    "regions": {"us-east-1": {"endpoint": "http://127.0.0.1:4", "front_door": "http://127.0.0.1:5"}},
    "dns_port": 3,
    "calls_log": "calls.jsonl",
}
OUTPUTS = {
    "api_name": "pay.dev.test",
    "global_cluster_id": "g",
    "lease_table": "l",
    "journal_table": "j",
    "api_host_us_east_1": "a.us-east-1.elb.amazonaws.com",
    "zone_id": "Z1",
}


@pytest.fixture
def files(tmp_path):
    cloud_file, outputs_file = tmp_path / "clouds" / "payments" / "cloud.json", tmp_path / "flat-outputs.json"
    cloud_file.parent.mkdir(parents=True)
    cloud_file.write_text(json.dumps(STATE))
    outputs_file.write_text(json.dumps(OUTPUTS))
    return cloud_file, outputs_file


def test_addresses_and_outputs_are_read(files):
    found = cloud.load(*files)
    assert (found.state.dns_port, found.outputs.api_name) == (3, "pay.dev.test")
    assert found.outputs.api_hosts == {"us-east-1": "a.us-east-1.elb.amazonaws.com"}


def test_no_running_cloud_says_how_to_start_one(files):
    files[0].unlink()
    with pytest.raises(NotRunning, match=r"no local cloud is running\n  start one with: make up"):
        cloud.load(*files)


def test_nothing_deployed_says_how_to_deploy(files):
    files[1].unlink()
    with pytest.raises(NotDeployed, match=r"flat-outputs.json does not exist: deploy first \(make up"):
        cloud.load(*files)


def test_a_missing_output_is_named(files):
    files[1].write_text(json.dumps({key: value for key, value in OUTPUTS.items() if key != "lease_table"}))
    with pytest.raises(NotDeployed, match=r"flat-outputs.json has no output 'lease_table': deploy again"):
        cloud.load(*files)
