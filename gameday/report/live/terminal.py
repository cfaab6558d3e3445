"""One look at a drill as something that Rich can draw."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gameday.report.live.look import Look
from gameday.report.seconds import Second

_BLOCKS = " ▁▂▃▄▅▆▇█"
_EVENTS = 6
_COLOURS = ("cyan", "blue")


def drawn(look: Look) -> RenderableType:
    """Phase, who holds what, the curve so far and the last events."""
    clock = "before the fault" if look.after_s is None else f"{look.after_s:.0f} s after the fault"
    settled, all_ = look.now_served
    names = [region.name for region in look.regions]
    return Panel(
        Group(
            Text.assemble((look.phase, "bold"), (f"   {clock}", "dim")),
            _regions(look),
            _row("settled", sparkline(look.seconds, names)),
            _row("failed", failures(look.seconds)),
            Text(f"{settled}/{all_} attempts settled in 5 s, {look.pending} requests wait", style="dim"),
            *(Text(f"{one.after_s:7.1f} s  {one.name}: {one.detail}") for one in look.events[-_EVENTS:]),
        ),
        title=f"{look.scenario}: {look.title}",
        title_align="left",
    )


def sparkline(seen: Sequence[Second], names: Sequence[str]) -> Text:
    """Settled attempts, a character a second, in the colour of the region that answered most."""
    most, line = _most(seen), Text()
    for second in seen:
        best = max(Counter(second.served), key=second.served.__getitem__, default="")
        colour = _COLOURS[names.index(best)] if best in names else "white"
        line.append(_block(second.settled, most), style=colour)
    return line


def failures(seen: Sequence[Second]) -> Text:
    """Failed attempts on the same scale."""
    most = _most(seen)
    return Text("".join(_block(second.failed, most) for second in seen), style="red")


def _row(name: str, line: Text) -> Table:
    """The newest seconds that fit beside *name*."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=8, style="dim")
    grid.add_column(no_wrap=True)
    grid.add_row(name, line[-90:])
    return grid


def _regions(look: Look) -> Table:
    table = Table(box=None, padding=(0, 3, 0, 0))
    for column in ("region", "lease", "writer", "DNS", "ready"):
        table.add_column(column, header_style="dim")
    for number, region in enumerate(look.regions):
        table.add_row(
            Text(region.name, style=f"bold {_COLOURS[number]}"),
            f"{look.state} epoch {look.epoch}" if region.lease else "·",
            "writer" if region.writer else "·",
            "here" if region.dns else "·",
            {True: "yes", False: "no", None: "?"}[region.ready],
        )
    return table


def _most(seen: Sequence[Second]) -> int:
    return max((second.settled + second.failed for second in seen), default=0) or 1


def _block(count: int, most: int) -> str:
    """Nothing is blank, and the least that happened is seen."""
    return _BLOCKS[0 if count == 0 else max(1, round(count / most * (len(_BLOCKS) - 1)))]
