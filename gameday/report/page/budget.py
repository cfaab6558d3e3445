"""How much of the recovery time objective a drill used: measured, waited and declared, never mixed."""

from dataclasses import dataclass

from gameday.judge.summary import Summary
from gameday.report.page.markup import Markup, svg, swatch, tag

SETTLING = "measured: accepted requests wait for the writer"
_WIDTH, _TOP, _BAR, _HEIGHT = 900.0, 22.0, 34.0, 82.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A share of the objective, in seconds."""

    kind: str
    """waiting, measured or declared: the class that colours it."""
    name: str
    short: str
    """The same in a few words."""
    seconds: float


def legs(summary: Summary) -> list[Leg]:
    """The legs in the order of time; none when the service was never restored or nobody moved.

    Until the lease was taken the system waited as configured, and from readiness (or DNS, if later) to
    the acceptance clients waited for their caches. What is between is the mechanism, measured here. What was
    only accepted until then is settled by the restoration. AWS's own promotion is in none of them, unless the
    drill plays it, so its declared time comes on top.
    """
    seen = summary.measured
    if seen.detected_s is None or seen.ready_s is None or seen.restored_s is None:
        return []
    open_s = max(seen.ready_s, seen.dns_moved_s or 0.0)
    served_s = max(open_s, seen.restored_s if seen.accepted_s is None else seen.accepted_s)
    settled_s = max(served_s, seen.restored_s)
    declared = [
        Leg(kind="declared", name=_words(name), short="declared", seconds=one.optimistic_s)
        for name, one in summary.declared_aws.items()
        if one.optimistic_s is not None
    ]
    waits, caches = "waiting: lease runs out, next tick", "waiting: clients' DNS caches"
    return [
        Leg(kind="waiting", name=waits, short="lease runs out", seconds=seen.detected_s),
        Leg(kind="measured", name="measured: takeover", short="takeover", seconds=open_s - seen.detected_s),
        Leg(kind="waiting", name=caches, short="DNS caches of clients run out", seconds=served_s - open_s),
        *(
            [Leg(kind="measured", name=SETTLING, short="settling", seconds=settled_s - served_s)]
            if settled_s > served_s
            else []
        ),
        *declared,
    ]


def bar(summary: Summary) -> Markup:
    """The bar over the objective, and its legs in words."""
    found, whole = legs(summary), summary.objectives.rto_s
    if not found:
        return tag("p", "Nobody moved, or the service was never restored: there is nothing to add up.")
    used = sum(leg.seconds for leg in found)
    scale, x, parts = _WIDTH / max(whole, used), 0.0, []
    for leg in found:
        width = round(leg.seconds * scale, 1)
        parts.append(tag("rect", x=round(x, 1), y=_TOP, width=width, height=_BAR, class_=leg.kind))
        x += width
    share = _share(found)
    inside = x < _WIDTH - 7 * len(share)
    picture = svg(
        _WIDTH,
        _HEIGHT,
        tag("rect", x=0, y=_TOP, width=round(whole * scale, 1), height=_BAR, rx=4, class_="free"),
        *parts,
        tag(
            "text",
            share,
            x=round(x + 10 if inside else _WIDTH, 1),
            y=_TOP + 22 if inside else _TOP - 8,
            text_anchor=None if inside else "end",
            class_="bold",
        ),
        tag("text", "fault", x=0, y=_HEIGHT - 8, class_="soft"),
        tag(
            "text",
            f"objective {whole:g} s",
            x=round(whole * scale, 1),
            y=_HEIGHT - 8,
            text_anchor="end",
            class_="soft",
        ),
        title=f"{share}, of {whole:g} s that the recovery time objective allows",
        description="; ".join(f"{leg.name} {leg.seconds:.1f} s" for leg in found),
        id_="budget",
    )
    return tag(
        "figure",
        picture,
        tag("figcaption", *(swatch(leg.kind, f"{leg.name} {leg.seconds:.1f} s") for leg in found)),
    )


def _share(found: list[Leg]) -> str:
    """What was seen here and what AWS declares, side by side: one sum of both would be nobody's figure."""
    here, declared = (
        sum(leg.seconds for leg in found if (leg.kind == "declared") is told) for told in (False, True)
    )
    return f"{here:.0f} s here" + (f" + {declared:.0f} s declared by AWS" if declared else "")


def _words(name: str) -> str:
    return f"declared by AWS: {name.removesuffix('_s').replace('_', ' ')}"
