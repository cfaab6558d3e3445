"""All scenarios by code; one small file each.

In this order they leave the cloud so that the next one can follow: those in which nobody moves come
first, the others move the lease to the other region and back again.
"""

from gameday.scenarios.s1 import S1
from gameday.scenarios.s2 import S2
from gameday.scenarios.s3 import S3
from gameday.scenarios.s4 import S4
from gameday.scenarios.s5 import S5
from gameday.scenarios.s6 import S6
from gameday.scenarios.s7 import S7
from gameday.scenarios.s8 import S8
from gameday.scenarios.s9 import S9
from gameday.scenarios.s10 import S10
from gameday.scenarios.s11 import S11
from gameday.scenarios.s12 import S12
from gameday.scenarios.s13 import S13
from gameday.scenarios.s14 import S14
from gameday.scenarios.s15 import S15
from gameday.scenarios.s16 import S16
from gameday.scenarios.s17 import S17
from gameday.scenarios.s18 import S18
from gameday.scenarios.s19 import S19
from gameday.scenarios.s20 import S20
from gameday.scenarios.s21 import S21

_IN_ORDER = (
    *(S3, S7, S9, S11, S14, S17),
    *(S6, S1, S10, S2, S4, S5, S8, S18, S12, S13, S15, S19, S16, S20, S21),
)

SCENARIOS = {scenario.code: scenario for scenario in _IN_ORDER}
