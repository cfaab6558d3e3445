"""A reservation of concurrency bounds one function, and is free again however its invocations ended."""

import contextlib
import threading
import time

import pytest
from botocore.exceptions import ClientError

from tests.emulator.deployed import function, invoke, role
from tests.emulator.emulator_process import HOME, NO_ANSWER


@pytest.fixture(scope="module", autouse=True)
def _deployed(emulator):
    function(emulator, role(emulator), HOME)
    emulator.client("lambda", HOME).put_function_concurrency(
        FunctionName="worker", ReservedConcurrentExecutions=1
    )


@pytest.fixture(autouse=True)
def _alive_again(emulator):
    yield
    emulator.revive(HOME)


def busy(emulator, seconds):
    def sleep() -> None:
        with contextlib.suppress(NO_ANSWER):
            invoke(emulator, {"do": "sleep", "seconds": seconds})

    sleeper = threading.Thread(target=sleep)
    sleeper.start()
    time.sleep(0.7)
    return sleeper


def test_a_plan_reads_the_reservation_back(emulator):
    answer = emulator.client("lambda", HOME).get_function(FunctionName="worker")
    assert answer["Concurrency"] == {"ReservedConcurrentExecutions": 1}


def test_one_more_than_reserved_is_throttled_and_the_next_is_not(emulator):
    sleeper = busy(emulator, 3)
    with pytest.raises(ClientError, match="TooManyRequests"):
        invoke(emulator, {"do": "nap"})
    sleeper.join(20)
    assert invoke(emulator, {"do": "nap"})[0] is None


def test_a_killed_invocation_gives_its_reservation_back(emulator):
    invoke(emulator, {"do": "nap"})
    sleeper = busy(emulator, 30)
    assert emulator.kill(HOME) >= 1
    sleeper.join(20)
    emulator.revive(HOME)
    assert invoke(emulator, {"do": "nap"})[0] is None
