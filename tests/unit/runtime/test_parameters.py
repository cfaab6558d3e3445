import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from runtime.parameters import Parameters, ParameterUnavailable


class Store:
    """SSM as far as it is used."""

    def __init__(self, **values: str) -> None:
        self.values = {f"/p/{name}": value for name, value in values.items()}
        self.reads = 0
        self.down = False
        self.forgetful = False

    def get_parameter(self, Name: str) -> dict[str, dict[str, str]]:  # noqa: N803
        self.reads += 1
        if self.down:
            raise ConnectTimeoutError(endpoint_url="https://ssm")
        if Name not in self.values:
            raise ClientError({"Error": {"Code": "ParameterNotFound"}}, "GetParameter")
        return {"Parameter": {"Value": self.values[Name]}}

    def put_parameter(self, Name: str, Value: str, Overwrite: bool) -> None:  # noqa: N803, FBT001
        if self.down or not Overwrite:
            raise ConnectTimeoutError(endpoint_url="https://ssm")
        if not self.forgetful:
            self.values[Name] = Value


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_value_is_kept_for_a_minute(clock):
    store = Store(name="old")
    parameters = Parameters(store, "/p", clock)
    assert parameters.get("name") == "old"
    store.values["/p/name"] = "new"
    clock.now += 59.9
    assert parameters.get("name") == "old"
    clock.now += 0.2
    assert parameters.get("name") == "new"


def test_the_last_known_value_outlives_the_store(clock):
    store = Store(name="known", other="also")
    parameters = Parameters(store, "/p", clock)
    assert (parameters.get("name"), parameters.get("other")) == ("known", "also")
    store.down = True
    clock.now += 600
    assert parameters.get("name") == "known"
    assert parameters.get("other") == "also"
    assert store.reads == 3  # one failed wait for all parameters, not one for each
    store.down, store.values["/p/name"] = False, "new"
    clock.now += 61
    assert parameters.get("name") == "new"


def test_a_value_never_seen_is_unavailable(clock):
    with pytest.raises(ParameterUnavailable, match=r"/p/name.*ParameterNotFound"):
        Parameters(Store(), "/p", clock).get("name")


def test_a_written_value_is_read_back(clock):
    store = Store()
    parameters = Parameters(store, "/p", clock)
    parameters.put("active/region", "us-west-2")
    assert store.values == {"/p/active/region": "us-west-2"}
    assert (parameters.get("active/region"), store.reads) == ("us-west-2", 1)


def test_a_write_that_did_not_stick_is_no_success(clock):
    store = Store(name="old")
    store.forgetful = True
    with pytest.raises(ParameterUnavailable, match="'old' after writing 'new'"):
        Parameters(store, "/p", clock).put("name", "new")


def test_a_store_that_takes_no_write(clock):
    store = Store(name="old")
    store.down = True
    with pytest.raises(ParameterUnavailable, match="cannot write"):
        Parameters(store, "/p", clock).put("name", "new")
