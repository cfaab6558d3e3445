import asyncio
import time

import pytest

from gameday.load.clients import Backoff, RetryBudget, Staggered, Stale
from localcloud.route53.resolver import DnsAnswer


class Fixed:
    async def resolve(self, name):
        return DnsAnswer("abc.execute-api.us-east-1.amazonaws.com", 60)


async def test_only_the_first_answer_is_shortened():
    resolver = Staggered(Fixed(), 3 / 8)
    assert [(await resolver.resolve("pay.test")).ttl for _ in range(3)] == [22, 60, 60]


async def test_a_shortened_answer_still_lives_for_a_second():
    assert (await Staggered(Fixed(), 0.001).resolve("pay.test")).ttl == 1


@pytest.mark.parametrize(
    ("failures", "low", "high"),
    [(1, 0.1, 0.2), (2, 0.2, 0.4), (3, 0.4, 0.8), (9, 2.5, 5.0), (5000, 2.5, 5.0)],
)
def test_backoff_doubles_up_to_its_ceiling_with_jitter(failures, low, high):
    delays = [Backoff().delay(failures) for _ in range(200)]
    assert low <= min(delays) < max(delays) <= high


def test_a_retry_after_is_kept():
    assert Backoff().delay(1, at_least_s=1.0) == 1.0


async def test_retries_are_rationed_first_come_first_served():
    budget, order = RetryBudget(20.0), []

    async def retry(number):
        await budget.turn()
        order.append(number)

    handing_out = asyncio.create_task(budget.run())
    begin = time.monotonic()
    await asyncio.gather(*(retry(number) for number in range(12)))
    passed = time.monotonic() - begin
    handing_out.cancel()
    assert order == list(range(12))
    assert passed >= 0.5  # twelve turns at 20 a second, the first of them free


async def test_a_client_that_gave_up_waiting_does_not_use_up_a_turn():
    budget = RetryBudget(20.0)
    impatient, patient = asyncio.create_task(budget.turn()), asyncio.create_task(budget.turn())
    await asyncio.sleep(0)
    impatient.cancel()
    handing_out = asyncio.create_task(budget.run())
    await asyncio.wait_for(patient, 1.0)
    handing_out.cancel()


@pytest.mark.parametrize(("keep_s", "ttl"), [(120.0, 120), (30.0, 60)])
async def test_a_resolver_that_ignores_ttls_keeps_what_it_knows(keep_s, ttl):
    assert (await Stale(Fixed(), keep_s).resolve("pay.test")).ttl == ttl
