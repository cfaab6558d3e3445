"""A client that missed an answer asks again, and is answered the same."""

import pytest

from localcloud.emulator.repetitions import INVOCATION, KEPT_S, Repetitions
from tests.unit.localcloud.emulator.emulator_world import HOME, World, authorization, head

OPERATOR, HOME_PORT = 4000, 4001


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    with world.log:
        yield world


def call(invocation: str, key: str = "AKIAOPERATOR") -> dict[str, str]:
    return {"authorization": authorization("events", HOME, key), INVOCATION: invocation}


async def test_what_an_operator_asks_again_is_answered_as_before_and_done_once(world):
    answers = [await world.request(OPERATOR, headers=call("one")) for _ in range(2)]
    assert answers == [(200, "/")] * 2
    assert len(world.seen) == 1
    assert [logged["status"] for logged in world.calls()] == [200, 200]


async def test_another_call_is_another_call(world):
    for invocation in ("one", "two"):
        await world.request(OPERATOR, headers=call(invocation))
    for _ in range(2):
        await world.request(OPERATOR, headers={"authorization": authorization("events", HOME)})
    assert len(world.seen) == 4


async def test_a_function_that_asks_again_is_asked_about_what_it_did_like_on_aws(world):
    for _ in range(2):
        await world.request(HOME_PORT, headers=call("one", "ASIAKEEPER"))
    assert len(world.seen) == 2


@pytest.mark.parametrize(
    ("status", "later_s", "known"), [(201, 0, True), (201, KEPT_S, False), (400, 0, False)]
)
async def test_only_success_is_kept_and_only_for_a_minute(status, later_s, known):
    now, sent = [0.0], []
    repetitions = Repetitions(lambda: now[0])

    async def send(message):
        sent.append(message)

    async def answer(invocation):
        keeping = repetitions.keeping(head(headers={INVOCATION: invocation}), send)
        await keeping({"type": "http.response.start", "status": status})
        await keeping({"type": "http.response.body", "more_body": True})
        assert not repetitions.answer_to(head(headers={INVOCATION: invocation}))
        await keeping({"type": "http.response.body"})

    await answer("one")
    now[0] += later_s
    repetitions.keeping(head(headers={INVOCATION: "two"}), send)
    kept = repetitions.answer_to(head(headers={INVOCATION: "one"}))
    assert list(kept) == (sent if known else [])
