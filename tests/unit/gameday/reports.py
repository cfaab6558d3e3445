"""The record of the sound drill, judged and drawn as a page, and a reader of pages."""

from dataclasses import replace
from html.parser import HTMLParser

from gameday.judge.judgement import Judgement, judge
from gameday.judge.settings import DrillSettings
from gameday.judge.summary import Terraform
from gameday.observe.host_load import HostLoad
from gameday.observe.record import Record
from gameday.plan.scenario import Follow
from gameday.report.data import ReportData
from gameday.report.page import page
from gameday.targets.payments.scenarios import SCENARIOS
from lib.systems.load import load_settings
from tests.unit.gameday.builders import FAULT, LOST, PAID, WEST, entry, history, row

RESCUED = PAID[75]
"""The last payment that was acknowledged before the fault."""


def record(fault=FAULT, **changes) -> Record:
    told = {
        "run": "S1-x",
        "history": history(),
        "operations": [*PAID, LOST],
        "rows": [row(RESCUED, region=WEST, epoch=2), *(row(one) for one in PAID if one is not RESCUED)],
        "journal": [entry(one) for one in PAID],
        "calls": [],
        "steps": [],
        "fault": fault,
        "host": HostLoad(per_core=0.5, steal=0.0),
        "steady_since": 980.0,
        "until": 1060.0,
    }
    return Record(**(told | changes))


def judged(of: Record, code: str = "S1", **terraform) -> Judgement:
    scenario = replace(SCENARIOS[code], follow=Follow(good_s=10))
    settings = DrillSettings.of(load_settings({}), 1.0)
    versions = {"evil": "<script>alert(1)</script>"}
    return judge(of, scenario, settings, rate=4.0, terraform=Terraform(**terraform), versions=versions)


def drawn(of: Record, code: str = "S1", **terraform) -> str:
    return page(ReportData.of(of, judged(of, code, **terraform)))


class Reader(HTMLParser):
    """Collects what the tests ask for, and checks that every element is closed in its place."""

    VOID = frozenset({"meta", "br", "line", "rect", "circle", "path", "polyline", "polygon"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.words.append(data)

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.seen if tag == name]

    @property
    def text(self) -> str:
        return " ".join(self.words)
