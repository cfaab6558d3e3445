"""More requests than targets can answer at once: they wait; each is passed on, counted and logged once."""

import asyncio
from collections import Counter

from aiohttp import web

from localcloud.fleet.balancer.model import LogPlace
from tests.unit.localcloud.fleet.balancer.served import serving
from tests.unit.localcloud.fleet.balancer.world import balancer, group, listener

REQUESTS = 60
LOGGED = balancer(listener(port=80, protocol="HTTP"), logs=LogPlace(bucket="logs"))


class Crowded:
    """Targets that answer nobody before all have come; every tenth request breaks the connection off."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.all_here = asyncio.Event()

    async def answer(self, raw: web.BaseRequest) -> web.StreamResponse:
        number = raw.path.strip("/")
        self.seen[number] += 1
        if self.seen.total() == REQUESTS:
            self.all_here.set()
        await self.all_here.wait()
        if int(number) % 10 == 0 and raw.transport:
            raw.transport.abort()
        return web.Response(text=number)


async def test_a_crowd_waits_and_nothing_of_it_is_lost_invented_or_sent_twice():
    crowd = Crowded()
    async with serving() as served:
        for number in range(3):
            await served.target(number, crowd.answer)
        await served.configure(group(), balancers=(LOGGED,))
        got = await asyncio.gather(*(served.get(f"/{number}") for number in range(REQUESTS)))
        answered = {number for number in range(REQUESTS) if number % 10}
        assert {number for number, (status, _, _) in enumerate(got) if status == 200} == answered
        assert all(body == str(number) for number, (status, body, _) in enumerate(got) if status == 200)
        assert {status for status, _, _ in got} == {200, 502}
        assert crowd.seen == Counter({str(number): 1 for number in range(REQUESTS)})
        assert served.counted("RequestCount") == REQUESTS
        assert served.counted("HTTPCode_Target_2XX_Count") == len(answered)
        assert served.counted("HTTPCode_ELB_502_Count") == REQUESTS - len(answered)
        (lines,) = served.state.lines.values()
        assert len(lines) == REQUESTS
