"""The picture of the drill: who answered how many attempts, how fast, with a mark for each event."""

from collections.abc import Sequence

from gameday.judge.timeline import Event
from gameday.report.page.budget import Leg
from gameday.report.page.markup import Markup, join, svg, swatch, tag
from gameday.report.seconds import Second

_WIDTH, _LEFT, _RIGHT = 960.0, 52.0, 8.0
_RIBBON, _BARS, _GAP, _LATENCY = 26.0, 150.0, 26.0, 60.0
_ROW, _ROWS, _NEAR = 20.0, 5, 20.0
"""Marks closer than _NEAR, in units of the picture, stand in different rows."""


def curve(seen: Sequence[Second], events: Sequence[Event], legs: Sequence[Leg], first_region: str) -> Markup:
    """Bars of served and failed attempts, the latency below them, phases and marks above."""
    scale = _Scale(seen, events)
    worst = sum(second.failed > second.settled for second in seen)
    description = (
        f"{sum(s.settled for s in seen):,} attempts settled and {sum(s.failed for s in seen):,} failed in "
        f"{len(seen)} seconds; in {worst} of them more failed than were settled. "
        "The table of all seconds follows the picture."
    )
    picture = svg(
        _WIDTH,
        scale.bottom + 24,
        *_phases(legs, scale),
        *_axes(scale),
        *(bar for second in seen for bar in _bars(second, scale, first_region)),
        *_names(seen, scale),
        *_latency(seen, scale),
        *_marks(events, scale),
        title="Attempts and latency, second by second",
        description=description,
        id_="curve",
    )
    return tag("div", picture, class_="wide", tabindex="0", role="region", aria_label="Curve of the drill")


def legend(seen: Sequence[Second], first_region: str) -> Markup:
    """What the colours of the bars mean, in the order of their first appearance."""
    regions = dict.fromkeys(region for second in seen for region in second.served)
    swatches = [(_kind(region, first_region), f"answered by {region}") for region in regions]
    if any(second.failed for second in seen):
        swatches.append(("failed", "failed: no answer or an error, tried again"))
    swatches.append(("latency-swatch", "99th percentile of the time to an answer"))
    return tag("p", *(swatch(kind, words) for kind, words in swatches), class_="legend")


class _Scale:
    """From seconds, counts and milliseconds to the units of the picture."""

    def __init__(self, seen: Sequence[Second], events: Sequence[Event]) -> None:
        self.first = seen[0].after_s if seen else 0
        self.end = seen[-1].after_s + 1 if seen else 1
        self.most = max((second.settled + second.failed for second in seen), default=0) or 1
        self.slowest = max((second.p99_ms or 0 for second in seen), default=0) or 1
        self.step = (_WIDTH - _LEFT - _RIGHT) / (self.end - self.first)
        self.rows = rows([self.x(event.after_s) for event in events])
        self.ribbon = 8 + _ROW * (max(self.rows, default=0) + 1)
        self.floor = self.ribbon + _RIBBON + _BARS
        self.bottom = self.floor + _GAP + _LATENCY

    def x(self, after_s: float) -> float:
        return round(_LEFT + (after_s - self.first) * self.step, 1)

    def count(self, attempts: int) -> float:
        return round(attempts / self.most * (_BARS - 6), 1)

    def latency_y(self, milliseconds: float) -> float:
        return round(self.bottom - _LATENCY * milliseconds / self.slowest, 1)


def rows(places: Sequence[float]) -> list[int]:
    """The row of each mark: the first one where it does not touch the mark before it."""
    taken, found = [-_NEAR] * _ROWS, []
    for x in places:
        row = next((row for row in range(_ROWS) if x - taken[row] >= _NEAR), _ROWS - 1)
        taken[row] = x
        found.append(row)
    return found


def _phases(legs: Sequence[Leg], scale: _Scale) -> list[Markup]:
    """A ribbon that says what the system was doing; words only where they fit."""
    made, after_s = [], 0.0
    for leg in legs:
        if leg.kind == "declared":
            continue
        x, width = scale.x(after_s), round(leg.seconds * scale.step, 1)
        made.append(tag("rect", x=x, y=scale.ribbon, width=width, height=17, class_=leg.kind))
        words = f"{leg.short} · {leg.seconds:.0f} s"
        if width > 7 * len(words):
            made.append(tag("text", words, x=x + 6, y=scale.ribbon + 12.5, class_=f"small on-{leg.kind}"))
        after_s += leg.seconds
    return made


def _axes(scale: _Scale) -> list[Markup]:
    step = next((s for s in (10, 30, 60, 120) if (scale.end - scale.first) / s <= 15), 300)  # noqa: PLR2004
    ticks = [t for t in range(-step * 10, scale.end + 1, step) if scale.first <= t <= scale.end - step / 4]
    grid = [scale.floor, scale.floor - scale.count(scale.most) / 2, scale.floor - scale.count(scale.most)]
    return [
        *(
            tag("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y, class_="axis")
            for y in (*grid, scale.bottom)
        ),
        _note(_LEFT - 6, grid[2] + 4, f"{scale.most}/s"),
        _note(_LEFT - 6, grid[1] + 4, f"{scale.most / 2:g}"),
        _note(_LEFT - 6, scale.floor + 4, "0"),
        _note(_LEFT - 6, scale.bottom - _LATENCY + 8, f"{scale.slowest:.0f} ms"),
        _note(_LEFT - 6, scale.bottom + 4, "0"),
        *(_note(scale.x(tick), scale.bottom + 18, f"{tick} s", anchor="middle") for tick in ticks),
    ]


def _bars(second: Second, scale: _Scale, first_region: str) -> list[Markup]:
    x, width, y, made = scale.x(second.after_s), round(scale.step + 0.05, 2), scale.floor, []
    parts = [(n, _kind(region, first_region)) for region, n in sorted(second.served.items())]
    for attempts, kind in (*parts, (second.failed, "failed")):
        height = scale.count(attempts)
        y = round(y - height, 1)
        if height:
            made.append(tag("rect", x=x, y=y, width=width, height=height, class_=kind))
    return made


def _names(seen: Sequence[Second], scale: _Scale) -> list[Markup]:
    """The name of each region in the bars, where it answers most for long enough."""
    made = []
    for region in dict.fromkeys(region for second in seen for region in second.served):
        own = [s.after_s for s in seen if s.served.get(region, 0) * 2 > scale.most * 0.6]
        if own and (own[-1] - own[0] + 1) * scale.step > 9 * len(region):
            x = (scale.x(own[0]) + scale.x(own[-1] + 1)) / 2
            made.append(
                tag(
                    "text",
                    region,
                    x=round(x, 1),
                    y=scale.floor - 10,
                    text_anchor="middle",
                    class_="on-bar bold",
                )
            )
    return made


def _kind(region: str, first_region: str) -> str:
    return "one" if region == first_region else "two"


def _latency(seen: Sequence[Second], scale: _Scale) -> list[Markup]:
    """One line for each stretch of seconds that had answers."""
    stretches: list[list[str]] = [[]]
    for second in seen:
        if second.p99_ms is None:
            stretches.append([])
        else:
            x = scale.x(second.after_s + 0.5)
            stretches[-1].append(f"{x:g},{scale.latency_y(second.p99_ms):g}")
    return [tag("polyline", points=" ".join(points), class_="latency") for points in stretches if points]


def _marks(events: Sequence[Event], scale: _Scale) -> list[Markup]:
    made: list[Markup] = []
    for number, (event, row) in enumerate(zip(events, scale.rows, strict=True), 1):
        x, y, fault = scale.x(event.after_s), 10 + _ROW * row, event.name == "fault"
        made += [
            tag("line", x1=x, x2=x, y1=y, y2=scale.floor, class_="mark fault" if fault else "mark"),
            tag("circle", cx=x, cy=y, r=9, class_="fault-dot" if fault else "dot"),
            tag("text", str(number), x=x, y=y + 4, text_anchor="middle", class_="small on-dot"),
        ]
    return made


def _note(x: float, y: float, text: str, *, anchor: str = "end") -> Markup:
    return join(tag("text", text, x=round(x, 1), y=round(y, 1), text_anchor=anchor, class_="soft small"))
