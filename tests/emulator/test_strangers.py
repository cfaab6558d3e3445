import pytest
from botocore.exceptions import ClientError

from tests.emulator.emulator_process import HOME, TOKEN


def test_an_unknown_key_is_refused(emulator):
    with pytest.raises(ClientError, match="403"):
        emulator.client("dynamodb", key="AKIASOMEBODYELSE0001").list_tables()


@pytest.mark.parametrize("headers", [{"Origin": "http://page.test"}, {"Host": "page.test"}, {}])
def test_web_pages_rebound_names_and_unsigned_calls_are_refused(emulator, headers):
    assert emulator.get(emulator.operator, "/_ministack/health", headers)[0] == 403


def test_faults_need_the_runs_token_and_the_operators_port(emulator):
    region_port = emulator.config["region_ports"][HOME]
    for port, token, status in (
        (emulator.operator, TOKEN, 200),
        (emulator.operator, "wrong", 403),
        (region_port, TOKEN, 403),
    ):
        assert emulator.get(port, "/_gate/regions", {"X-Localcloud-Token": token})[0] == status


def test_the_log_names_the_operation_where_the_protocol_does(emulator):
    emulator.client("dynamodb").list_tables()
    emulator.client("iam").list_roles()
    emulator.client("ssm").describe_parameters()
    emulator.client("apigatewayv2").get_apis()
    named = [(call["from"], call["service"], call["action"]) for call in emulator.calls()]
    assert named[-4:] == [
        ("operator", "dynamodb", "ListTables"),
        ("operator", "iam", "ListRoles"),
        ("operator", "ssm", "DescribeParameters"),
        ("operator", "apigateway", "GET /v2/apis"),
    ]
