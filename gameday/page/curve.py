"""The picture of the drill: attempts and latency by second, with a numbered mark for each event."""

from collections.abc import Sequence

from gameday.page.markup import Markup, join, svg, tag
from gameday.page.seconds import Second
from gameday.timeline import Event

_WIDTH, _LEFT, _RIGHT = 900.0, 46.0, 10.0
_MARKS, _BARS, _GAP, _LATENCY = 112.0, 170.0, 26.0, 80.0
_HEIGHT = _MARKS + _BARS + _GAP + _LATENCY + 26
_NEAR = 20.0
"""Marks closer than this, in units of the picture, stand in different rows."""
_ROWS = 5


def curve(seen: Sequence[Second], events: Sequence[Event]) -> Markup:
    """Bars of settled and failed attempts, the latency below them, marks above."""
    scale = _Scale(seen)
    worst = sum(second.failed > second.settled for second in seen)
    description = (
        f"{sum(s.settled for s in seen)} attempts settled and {sum(s.failed for s in seen)} failed in "
        f"{len(seen)} seconds; in {worst} of them more failed than were settled. "
        "The table of all seconds follows the picture."
    )
    picture = svg(
        _WIDTH,
        _HEIGHT,
        *_axes(scale),
        *(bar for second in seen for bar in _bars(second, scale)),
        *_latency(seen, scale),
        *_marks(events, scale),
        title="Attempts and latency, second by second",
        description=description,
        id_="curve",
    )
    return tag("div", picture, class_="wide", tabindex="0", role="region", aria_label="Curve of the drill")


class _Scale:
    """From seconds, counts and milliseconds to the units of the picture."""

    def __init__(self, seen: Sequence[Second]) -> None:
        self.first = seen[0].after_s if seen else 0
        self.end = seen[-1].after_s + 1 if seen else 1
        self.most = max((second.settled + second.failed for second in seen), default=0) or 1
        self.slowest = max((second.p99_ms or 0 for second in seen), default=0) or 1
        self.step = (_WIDTH - _LEFT - _RIGHT) / (self.end - self.first)

    def x(self, after_s: float) -> float:
        return round(_LEFT + (after_s - self.first) * self.step, 1)

    def count(self, attempts: int) -> float:
        return round(attempts / self.most * _BARS, 1)

    def latency_y(self, milliseconds: float) -> float:
        return round(_MARKS + _BARS + _GAP + _LATENCY * (1 - milliseconds / self.slowest), 1)


def _axes(scale: _Scale) -> list[Markup]:
    floor, bottom = _MARKS + _BARS, _MARKS + _BARS + _GAP + _LATENCY
    step = next((s for s in (10, 30, 60, 120) if (scale.end - scale.first) / s <= 12), 300)  # noqa: PLR2004
    ticks = [t for t in range(-step * 10, scale.end + 1, step) if scale.first <= t <= scale.end]
    return [
        *(tag("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y, class_="axis") for y in (floor, bottom)),
        _note(_LEFT - 6, _MARKS + 10, f"{scale.most}/s", anchor="end"),
        _note(_LEFT - 6, floor, "0", anchor="end"),
        _note(_LEFT - 6, bottom - _LATENCY + 10, f"{scale.slowest:.0f} ms", anchor="end"),
        _note(_LEFT, floor + 15, "attempts by second above, 99th percentile of the time to an answer below"),
        *(_note(scale.x(tick), bottom + 16, f"{tick} s", anchor="middle") for tick in ticks),
    ]


def _bars(second: Second, scale: _Scale) -> list[Markup]:
    floor, x = _MARKS + _BARS, scale.x(second.after_s)
    settled, failed = scale.count(second.settled), scale.count(second.failed)
    width = round(max(0.8, scale.step * 0.86), 2)
    made = []
    if settled:
        made.append(tag("rect", x=x, y=floor - settled, width=width, height=settled, class_="settled"))
    if failed:
        y = round(floor - settled - failed, 1)
        made.append(tag("rect", x=x, y=y, width=width, height=failed, class_="failed"))
    return made


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
    taken = [-_NEAR] * _ROWS
    for number, event in enumerate(events, 1):
        x = scale.x(event.after_s)
        row = next((row for row in range(_ROWS) if x - taken[row] >= _NEAR), _ROWS - 1)
        taken[row] = x
        y, fault = 12 + 20 * row, event.name == "fault"
        made += [
            tag("line", x1=x, x2=x, y1=y, y2=_MARKS + _BARS, class_="mark fault" if fault else "mark"),
            tag("circle", cx=x, cy=y, r=9, class_="fault-dot" if fault else "dot"),
            tag("text", str(number), x=x, y=y + 4, text_anchor="middle", class_="small on-dot"),
        ]
    return made


def _note(x: float, y: float, text: str, *, anchor: str = "start") -> Markup:
    return join(tag("text", text, x=x, y=y, text_anchor=anchor, class_="soft small"))
