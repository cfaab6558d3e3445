import pytest
from botocore.exceptions import ClientError

from tests.emulator.emulator_process import AWAY, HOME, NO_ANSWER, WITNESS

PAIRS = ((HOME, AWAY), (HOME, WITNESS))


@pytest.fixture(scope="module", autouse=True)
def _tables(emulator):
    for table in ("lease", "sessions"):
        emulator.client("dynamodb").create_table(
            TableName=table,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )


@pytest.fixture(autouse=True)
def _mended(emulator):
    yield
    for one, other in PAIRS:
        emulator.link(one, other, cut=False)


@pytest.fixture
def put(emulator):
    def put(table: str) -> None:
        emulator.client("dynamodb").put_item(TableName=table, Item={"id": {"S": "1"}})

    return put


def test_a_region_cut_from_one_of_two_others_keeps_its_strong_tables(emulator, put):
    assert emulator.link(HOME, AWAY, cut=True) == [[HOME, AWAY]]
    put("lease")


def test_a_region_cut_from_both_others_loses_its_strong_tables_only(emulator, put):
    for one, other in PAIRS:
        emulator.link(one, other, cut=True)
    with pytest.raises(ClientError, match="InternalServerError"):
        put("lease")
    assert emulator.calls()[-1]["cut"]
    put("sessions")


@pytest.mark.parametrize("place", [AWAY, WITNESS])
def test_the_loss_of_any_one_other_region_stops_no_strong_table(emulator, put, place):
    emulator.kill(place)
    try:
        put("lease")
    finally:
        emulator.revive(place)


def test_calls_over_a_cut_link_are_not_answered(emulator):
    emulator.link(HOME, AWAY, cut=True)
    with pytest.raises(NO_ANSWER):
        emulator.client("dynamodb", HOME, port=emulator.config["region_ports"][AWAY]).list_tables()
