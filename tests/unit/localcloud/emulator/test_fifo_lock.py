import threading
import time

import pytest

from localcloud.emulator.fifo_lock import Line


def test_each_is_served_in_the_order_in_which_it_came():
    line, served, came = Line(), [], []

    def wait(name: int) -> None:
        with line.turn(30) as first:
            assert first
            served.append(name)

    with line.turn(30) as first:
        assert first
        for name in range(5):
            came.append(threading.Thread(target=wait, args=(name,)))
            came[-1].start()
            while len(line._waiting) < name + 2:
                time.sleep(0.001)
        assert served == []
    for thread in came:
        thread.join(30)
    assert served == [0, 1, 2, 3, 4]


def test_one_that_waited_long_enough_is_told_that_it_is_not_first_and_leaves():
    line = Line()
    with line.turn(30):
        with line.turn(0.01) as first:
            assert not first
        with line.turn(0.01) as first:
            assert not first
    with line.turn(30) as first:
        assert first


def test_one_that_fails_does_not_stay_in_the_line():
    line = Line()
    with pytest.raises(ZeroDivisionError), line.turn(30):
        1 / 0  # noqa: B018 - any error
    with line.turn(0.01) as first:
        assert first
