import threading
import time

import pytest

from tests.emulator.deployed import function, invoke, role
from tests.emulator.emulator_process import NO_ANSWER, eventually, process_lives, running


@pytest.fixture
def emulator(tmp_path):
    with running(tmp_path) as emulator:
        yield emulator


def test_a_process_dies_with_the_emulator_in_the_middle_of_an_invocation(emulator):
    function(emulator, role(emulator))
    _, body = invoke(emulator, {"do": "nap"})
    outcome = []

    def sleep() -> None:
        try:
            invoke(emulator, {"do": "sleep"})
        except NO_ANSWER as error:
            outcome.append(error)

    sleeper = threading.Thread(target=sleep)
    sleeper.start()
    time.sleep(0.5)
    emulator.process.kill()
    sleeper.join(10)
    assert len(outcome) == 1
    eventually(lambda: not process_lives(body["pid"]), within=5)


@pytest.mark.parametrize("end", ["stdin", "sigterm"])
def test_the_emulator_and_its_processes_end_in_time(emulator, end):
    function(emulator, role(emulator))
    _, body = invoke(emulator, {"do": "nap"})
    if end == "stdin":
        emulator.process.stdin.close()
    else:
        emulator.process.terminate()
    assert emulator.process.wait(8) == 0
    eventually(lambda: not process_lives(body["pid"]), within=5)
