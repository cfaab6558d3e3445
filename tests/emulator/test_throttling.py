import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.emulator.emulator_process import AWAY, HOME


@pytest.fixture(autouse=True)
def _throttled(emulator):
    emulator.gate("throttling", {"region": HOME, "service": "dynamodb", "one_in": 2})
    yield
    emulator.gate("throttling", {"region": HOME, "service": "dynamodb", "one_in": 0})


def dynamodb(emulator, attempts: int):
    return boto3.client(
        "dynamodb",
        region_name=HOME,
        endpoint_url=f"http://127.0.0.1:{emulator.operator}",
        aws_access_key_id=emulator.config["access_key_id"],
        aws_secret_access_key=emulator.config["secret_access_key"],
        config=Config(retries={"mode": "standard", "total_max_attempts": attempts}),
    )


def test_a_client_knows_the_error_and_tries_again(emulator):
    answers = [dynamodb(emulator, 2).list_tables()["ResponseMetadata"]["RetryAttempts"] for _ in range(3)]
    assert answers == [0, 1, 1]
    assert [call["status"] for call in emulator.calls()[-3:]] == [200, 400, 200]


def test_a_client_that_tries_once_is_told_so(emulator):
    dynamodb(emulator, 1).list_tables()
    with pytest.raises(ClientError, match="ThrottlingException"):
        dynamodb(emulator, 1).list_tables()


def test_the_control_plane_of_aurora_throttles_in_its_own_protocol(emulator):
    emulator.gate("throttling", {"region": HOME, "service": "rds", "one_in": 1})
    rds = emulator.client("rds")
    with pytest.raises(ClientError, match=r"Throttling.*Rate exceeded"):
        rds.describe_global_clusters()
    emulator.client("rds", AWAY).describe_global_clusters()
    emulator.gate("throttling", {"region": HOME, "service": "rds", "one_in": 0})
    rds.describe_global_clusters()


def test_the_other_region_has_a_quota_of_its_own(emulator):
    for _ in range(4):
        emulator.client("dynamodb", AWAY).list_tables()


def test_a_rotated_secret_is_read_by_the_next_who_asks(emulator):
    secrets = emulator.client("secretsmanager")
    secrets.create_secret(Name="database", SecretString="old")
    secrets.put_secret_value(SecretId="database", SecretString="new")
    assert secrets.get_secret_value(SecretId="database")["SecretString"] == "new"
