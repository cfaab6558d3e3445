import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from runtime.parameters import Parameters, ParameterUnavailable


class Store:
    """SSM as far as it is used."""

    def __init__(self, **values: str) -> None:
        self.values = {f"/p/{name}": value for name, value in values.items()}
        self.reads = 0
        self.down = False

    def get_parameter(self, Name: str, *, WithDecryption: bool) -> dict[str, dict[str, str]]:  # noqa: N803
        assert WithDecryption, "a SecureString would come as it is kept"
        self.reads += 1
        if self.down:
            raise ConnectTimeoutError(endpoint_url="https://ssm")
        if Name not in self.values:
            raise ClientError({"Error": {"Code": "ParameterNotFound"}}, "GetParameter")
        return {"Parameter": {"Value": self.values[Name]}}


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


def test_a_store_that_hangs_costs_a_cold_function_one_wait_a_tick_and_not_one_for_each_parameter(clock):
    store = Store(name="there", other="too")
    store.down = True
    parameters = Parameters(store, "/p", clock)
    with pytest.raises(ParameterUnavailable, match=r"cannot read /p/name"):
        parameters.get("name")
    for name in ("other", "name"):
        with pytest.raises(ParameterUnavailable, match=rf"/p/{name} was not asked for: cannot read /p/name"):
            parameters.get(name)
    assert store.reads == 1
    store.down = False
    clock.now += 5.1
    assert parameters.get("other") == "too", "the next tick asks again"


def test_a_store_that_answers_is_asked_for_the_next_parameter(clock):
    parameters = Parameters(Store(name="there"), "/p", clock)
    with pytest.raises(ParameterUnavailable, match="ParameterNotFound"):
        parameters.get("none")
    assert parameters.get("name") == "there"


def test_a_wait_for_a_store_that_hangs_does_not_use_up_its_own_rest(clock):
    store = Store(name="known", other="also")
    parameters = Parameters(store, "/p", clock)
    assert (parameters.get("name"), parameters.get("other")) == ("known", "also")
    answer = store.get_parameter

    def hang(**asked):
        clock.now += 9
        return answer(**asked)

    store.get_parameter, store.down = hang, True
    clock.now += 600
    assert parameters.get("name") == "known"
    clock.now += 59
    assert parameters.get("other") == "also"
    assert store.reads == 3
