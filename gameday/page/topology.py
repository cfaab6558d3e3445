"""The pictures of who held what before the fault and after it."""

from dataclasses import dataclass

from gameday.history import Fault
from gameday.page.markup import Markup, svg, tag

_WIDTH, _HEIGHT = 340.0, 250.0
_BOX_WIDTH, _BOX_HEIGHT, _TOP = 150.0, 100.0, 74.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One region as a picture shows it."""

    name: str
    holds: bool
    """Lease, writer and DNS are here: no scenario ends with them apart."""
    trouble: tuple[str, ...]
    """What was done to it and not yet undone, in a word or two each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """Both regions, the witness and the way between them."""

    left: Region
    right: Region
    epoch: int
    witness_trouble: str
    replicates: bool


def before(fault: Fault, epoch: int) -> Topology:
    """As it was when the fault came."""
    return _topology(fault, fault.region, epoch, marks=())


def after(fault: Fault, epoch: int) -> Topology:
    """As it was when the drill ended."""
    return _topology(fault, fault.survivor, epoch, marks=tuple(mark.what for mark in fault.marks))


def _topology(fault: Fault, holder: str, epoch: int, *, marks: tuple[str, ...]) -> Topology:
    regions = sorted({fault.region, fault.other})
    left, right = (Region(name=name, holds=name == holder, trouble=_trouble(name, marks)) for name in regions)
    apart = any(all(name in what for name in regions) for what in marks)
    witness = [what for what in marks if not what.startswith((*regions, "global", "one in"))]
    return Topology(
        left=left,
        right=right,
        epoch=epoch,
        witness_trouble=witness[-1] if witness else "",
        replicates=not apart and holder == fault.region,
    )


def _trouble(region: str, marks: tuple[str, ...]) -> tuple[str, ...]:
    own = [what.removeprefix(region).strip() for what in marks if what.startswith(region)]
    return tuple(own[-1:] if "returns" in own else own)


def picture(seen: Topology, *, title: str, id_: str) -> Markup:
    """Two regions, their clients and the witness."""
    holder = seen.left if seen.left.holds else seen.right
    return svg(
        _WIDTH,
        _HEIGHT,
        *_clients(seen),
        *_box(seen.left, 8.0, seen.epoch),
        *_box(seen.right, _WIDTH - _BOX_WIDTH - 8, seen.epoch),
        *_between(seen),
        *_witness(seen),
        title=title,
        description=f"{holder.name} holds the lease with epoch {seen.epoch}, the writer and the clients.",
        id_=id_,
    )


def _clients(seen: Topology) -> list[Markup]:
    x = 8 + _BOX_WIDTH / 2 if seen.left.holds else _WIDTH - 8 - _BOX_WIDTH / 2
    return [
        tag("rect", x=_WIDTH / 2 - 45, y=8, width=90, height=26, rx=13, class_="box"),
        tag("text", "clients", x=_WIDTH / 2, y=25, text_anchor="middle"),
        tag("line", x1=_WIDTH / 2, y1=34, x2=x, y2=_TOP - 3, class_="way", stroke_width=2),
    ]


def _box(region: Region, x: float, epoch: int) -> list[Markup]:
    kind = "box holds" if region.holds else "box lost" if region.trouble else "box"
    lines = [f"lease, epoch {epoch}", "writer, DNS"] if region.holds else ["stands by"]
    if region.trouble:
        lines = [*lines, *region.trouble] if region.holds else list(region.trouble)
    return [
        tag("rect", x=x, y=_TOP, width=_BOX_WIDTH, height=_BOX_HEIGHT, rx=8, class_=kind),
        tag("text", region.name, x=x + 10, y=_TOP + 24, class_="bold"),
        *(
            tag("text", line, x=x + 10, y=_TOP + 44 + 18 * number, class_="soft small")
            for number, line in enumerate(lines)
        ),
    ]


def _between(seen: Topology) -> list[Markup]:
    """The way of the write-ahead log."""
    y, left = _TOP + _BOX_HEIGHT / 2, 8 + _BOX_WIDTH
    right = _WIDTH - left
    kind = "way" if seen.replicates else "way broken"
    return [tag("line", x1=left, x2=right, y1=y, y2=y, class_=kind, stroke_width=2)]


def _witness(seen: Topology) -> list[Markup]:
    y, text = _TOP + _BOX_HEIGHT + 34, seen.witness_trouble or "witness"
    kind = "box lost" if seen.witness_trouble else "box"
    return [
        tag("rect", x=_WIDTH / 2 - 75, y=y, width=150, height=28, rx=8, class_=kind),
        tag("text", text, x=_WIDTH / 2, y=y + 18, text_anchor="middle", class_="small"),
    ]
