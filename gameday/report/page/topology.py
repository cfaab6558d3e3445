"""The pictures of who held what before the fault and after it."""

import re
from dataclasses import dataclass

from gameday.observe.history import Fault
from gameday.report.page.markup import Markup, svg, tag

_WIDTH, _HEIGHT = 440.0, 320.0
_BOX_WIDTH, _BOX_HEIGHT, _TOP, _EDGE = 178.0, 168.0, 84.0, 4.0
_MIDDLE = _WIDTH / 2
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d\b")


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
    witness = [what for what in marks if _REGION.match(what) and not what.startswith(tuple(regions))]
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
    troubles = [f"{one.name} {what}." for one in (seen.left, seen.right) for what in one.trouble]
    witness = f"{seen.witness_trouble}." if seen.witness_trouble else ""
    words = f"{holder.name} holds the lease with epoch {seen.epoch}, the writer and the clients."
    right = _WIDTH - _BOX_WIDTH - _EDGE
    return svg(
        _WIDTH,
        _HEIGHT,
        *_clients(seen),
        *_votes(seen),
        *_between(seen),
        *_box(seen.left, _EDGE, seen.epoch),
        *_box(seen.right, right, seen.epoch),
        *_witness(seen),
        title=title,
        description=" ".join([words, *troubles, witness]).strip(),
        id_=id_,
    )


def _clients(seen: Topology) -> list[Markup]:
    """Where DNS sends the clients."""
    x = _EDGE + _BOX_WIDTH / 2 if seen.left.holds else _WIDTH - _EDGE - _BOX_WIDTH / 2
    tip = _TOP - 3
    return [
        tag("path", d=f"M{_MIDDLE:g} 34 C{_MIDDLE:g} 64 {x:g} 44 {x:g} {tip - 8:g}", class_="way strong"),
        tag("polygon", points=f"{x - 6:g},{tip - 9:g} {x + 6:g},{tip - 9:g} {x:g},{tip:g}", class_="tip"),
        tag("rect", x=_MIDDLE - 58, y=6, width=116, height=30, rx=15, class_="box"),
        tag("text", "clients by DNS", x=_MIDDLE, y=25.5, text_anchor="middle"),
    ]


def _box(region: Region, x: float, epoch: int) -> list[Markup]:
    lost = bool(region.trouble) and not region.holds
    kind = "box holds" if region.holds else "box lost" if lost else "box"
    made = [
        tag("rect", x=x, y=_TOP, width=_BOX_WIDTH, height=_BOX_HEIGHT, rx=10, class_=kind),
        tag("text", region.name, x=x + 14, y=_TOP + 27, class_="bold big"),
        *_parts(region, x + 14),
    ]
    if region.holds:
        pill = f"lease · epoch {epoch}"
        made += [
            tag("rect", x=x + 12, y=_TOP + 38, width=_BOX_WIDTH - 24, height=22, rx=11, class_="pill"),
            tag("text", pill, x=x + _BOX_WIDTH / 2, y=_TOP + 53.5, text_anchor="middle", class_="on-pill"),
        ]
    else:
        told = ", ".join(region.trouble) or "stands by"
        made.append(tag("text", told, x=x + 14, y=_TOP + 53, class_="bad-text bold" if lost else "soft"))
    if region.holds and region.trouble:
        what = ", ".join(region.trouble)
        made.append(tag("text", what, x=x + 14, y=_TOP + _BOX_HEIGHT + 17, class_="bad-text small"))
    return made


def _parts(region: Region, x: float) -> list[Markup]:
    """API, functions and the database with its role."""
    role = "writer" if region.holds else "old copy" if region.trouble else "standby"
    y = _TOP + 74
    made = []
    for number, name in enumerate(("API", "keeper")):
        left = x + number * 77
        made += [
            tag("rect", x=left, y=y, width=73, height=26, rx=5, class_="part"),
            tag("text", name, x=left + 36.5, y=y + 17.5, text_anchor="middle", class_="small"),
        ]
    top, width = y + 40, _BOX_WIDTH - 28
    side = f"M{x:g} {top:g} v30 a{width / 2:g} 7 0 0 0 {width:g} 0 v-30"
    lid = f"M{x:g} {top:g} a{width / 2:g} 7 0 0 1 {width:g} 0 a{width / 2:g} 7 0 0 1 {-width:g} 0"
    return [
        *made,
        tag("path", d=side, class_="part"),
        tag("path", d=lid, class_="part"),
        tag("text", f"ledger: {role}", x=x + width / 2, y=top + 25, text_anchor="middle", class_="small"),
    ]


def _between(seen: Topology) -> list[Markup]:
    """The way of the write-ahead log, from the writer to its copy."""
    y, left, right = _TOP + 134, _EDGE + _BOX_WIDTH, _WIDTH - _EDGE - _BOX_WIDTH
    kind = "way" if seen.replicates else "way broken"
    tip, way = (right, 1) if seen.left.holds else (left, -1)
    made = [
        tag("line", x1=left, x2=right, y1=y, y2=y, class_=kind),
        tag(
            "text",
            "log" if seen.replicates else "no log",
            x=_MIDDLE,
            y=y - 8,
            text_anchor="middle",
            class_="small soft",
        ),
    ]
    if seen.replicates:
        points = f"{tip - 9 * way:g},{y - 5:g} {tip - 9 * way:g},{y + 5:g} {tip:g},{y:g}"
        made.append(tag("polygon", points=points, class_="tip"))
    return made


def _votes(seen: Topology) -> list[Markup]:
    """The strongly consistent tables need two of the three."""
    low, y = _TOP + _BOX_HEIGHT, _TOP + _BOX_HEIGHT + 38
    made = []
    for region, x in ((seen.left, _EDGE + 40), (seen.right, _WIDTH - _EDGE - 40)):
        cut = region.trouble or seen.witness_trouble
        path = f"M{x:g} {low:g} C{x:g} {y + 12:g} {_MIDDLE:g} {y - 12:g} {_MIDDLE:g} {y + 6:g}"
        made.append(tag("path", d=path, class_="way broken" if cut else "way"))
    return made


def _witness(seen: Topology) -> list[Markup]:
    y, told = _TOP + _BOX_HEIGHT + 36, seen.witness_trouble or "witness: the third vote"
    return [
        tag(
            "rect",
            x=_MIDDLE - 90,
            y=y,
            width=180,
            height=28,
            rx=14,
            class_="box lost" if seen.witness_trouble else "box",
        ),
        tag("text", told, x=_MIDDLE, y=y + 18.5, text_anchor="middle", class_="small"),
    ]
