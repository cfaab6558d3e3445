"""How much of the recovery time objective a drill used: measured, waited and declared, never mixed."""

from dataclasses import dataclass

from gameday.page.markup import Markup, svg, tag
from gameday.summary import Summary

_WIDTH, _BAR, _HEIGHT = 900.0, 34.0, 64.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A share of the objective, in seconds."""

    kind: str
    """waiting, settled (measured here) or declared: the class that colours it."""
    name: str
    seconds: float


def legs(summary: Summary) -> list[Leg]:
    """The legs in the order of time; none when the service was never restored or nobody moved.

    Until the lease was taken the system waited as configured, and from readiness (or DNS, if later) to
    the restoration clients waited for their caches. What is between is the mechanism, measured here.
    AWS's own promotion is in none of them, so its declared time comes on top.
    """
    seen = summary.measured
    if seen.detected_s is None or seen.ready_s is None or seen.restored_s is None:
        return []
    open_s = max(seen.ready_s, seen.dns_moved_s or 0.0)
    served_s = max(open_s, seen.restored_s)
    declared = [
        Leg(kind="declared", name=_words(name), seconds=one.optimistic_s)
        for name, one in summary.declared_aws.items()
        if one.optimistic_s is not None
    ]
    return [
        Leg(kind="waiting", name="waiting: lease runs out, next tick", seconds=seen.detected_s),
        Leg(kind="settled", name="measured: takeover", seconds=open_s - seen.detected_s),
        Leg(kind="waiting", name="waiting: clients' DNS caches", seconds=served_s - open_s),
        *declared,
    ]


def bar(summary: Summary) -> Markup:
    """The bar over the objective, and its legs in words."""
    found, whole = legs(summary), summary.objectives.rto_s
    if not found:
        return tag("p", "Nobody moved, so nothing of the objective was used.")
    used = sum(leg.seconds for leg in found)
    scale, x, parts = _WIDTH / max(whole, used), 0.0, []
    for leg in found:
        width = round(leg.seconds * scale, 1)
        parts.append(tag("rect", x=round(x, 1), y=4, width=width, height=_BAR, class_=leg.kind))
        x += width
    told = "; ".join(f"{leg.name} {leg.seconds:.0f} s" for leg in found)
    picture = svg(
        _WIDTH,
        _HEIGHT,
        tag("rect", x=0, y=4, width=round(whole * scale, 1), height=_BAR, class_="free"),
        *parts,
        tag("text", f"{used:.0f} s", x=round(x, 1) + 6, y=27, class_="bold"),
        tag("text", f"objective {whole:g} s", x=_WIDTH, y=56, text_anchor="end", class_="soft"),
        title=f"{used:.0f} of {whole:g} seconds of the recovery time objective",
        description=told,
        id_="budget",
    )
    return tag(
        "figure",
        tag("div", picture, class_="wide", tabindex="0", role="region", aria_label="Budget"),
        tag("figcaption", *(_legend(leg) for leg in found)),
    )


def _legend(leg: Leg) -> Markup:
    """A swatch and its words: colour alone says nothing."""
    swatch = tag("rect", width=12, height=12, class_=leg.kind)
    picture = tag("svg", swatch, width=12, height=12, aria_hidden="true")
    return tag("span", picture, f" {leg.name} {leg.seconds:.0f} s", class_="leg")


def _words(name: str) -> str:
    return f"declared by AWS: {name.removesuffix('_s').replace('_', ' ')}"
