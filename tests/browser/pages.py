"""Every kind of page, made from the same small drill that the unit tests judge."""

from gameday.observe.host_load import HostLoad
from gameday.report import evidence, index
from tests.unit.gameday.builders import NOBODY_MOVES
from tests.unit.gameday.reports import drawn, judged, record

BUILT = {
    "resources": 362,
    "apply_s": 229.7,
    "second_plan_changes": 0,
    "plan_changes_after": {"payments-usw2": 0},
}


def _runs(folder) -> str:
    of = record()
    evidence.write(folder, of, judged(of))
    return (folder / index.NAME).read_text()


PAGES = {
    "taken over": lambda _: drawn(record(), **BUILT),
    "missed": lambda _: drawn(record(rows=[])),
    "invalid": lambda _: drawn(record(host=HostLoad(per_core=9.0, steal=0.0))),
    "nobody moves": lambda _: drawn(record(NOBODY_MOVES), "S11"),
    "index": _runs,
}
