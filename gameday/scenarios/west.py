"""S1W and S5W: the same from west to east. Where DNS goes by preference makes a difference, nothing else."""

from dataclasses import replace

from gameday.scenario import Given, Side
from gameday.scenarios.s1 import S1
from gameday.scenarios.s5 import S5

_AWAY = Given(side=Side.AWAY)
# DNS prefers the home region once its checks brought three pieces of good news, 10 s apart.
_DNS_COMES_HOME_S = 150.0

S1W = replace(
    S1,
    code="S1W",
    title="region killed, west to east",
    given=_AWAY,
    expect=replace(S1.expect, restored_s=_DNS_COMES_HOME_S),
)
S5W = replace(
    S5,
    code="S5W",
    title="old holder returns, west to east",
    given=_AWAY,
    expect=replace(S5.expect, restored_s=_DNS_COMES_HOME_S),
)
