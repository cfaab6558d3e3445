"""The page on which a browser on this machine watches a drill."""

from gameday.observe.history import Fault, Mark
from gameday.report.live.look import LiveRegion, Look
from gameday.report.page import tables, topology
from gameday.report.page.curve import curve, legend
from gameday.report.page.markup import Markup, document, join, section, table, tag
from gameday.report.page.style import STYLE

SCRIPT = """
const shown = document.getElementById("drill");
let before = "";
async function again() {
  try {
    const answer = await fetch("/now", { cache: "no-store" });
    const now = await answer.text();
    if (answer.ok && now !== before) { before = now; shown.innerHTML = now; }
    document.body.classList.toggle("gone", !answer.ok);
  } catch (error) { document.body.classList.add("gone"); }
  setTimeout(again, 1000);
}
again();
"""
WATCH_STYLE = (
    STYLE
    + """
.gone #drill { opacity: .45; } .stale { display: none; } .gone .stale { display: block; color: var(--bad); }
pre { background: var(--panel); padding: .8rem; border-radius: .6rem; overflow-x: auto; font-size: .85rem; }
"""
)


def page(seen: Look | None) -> str:
    """The whole page, which asks for its content again every second; without scripts it reloads."""
    reload = tag("noscript", tag("meta", http_equiv="refresh", content="2"))
    gone = tag("p", "The watch has ended: start it again.", class_="stale", role="alert")
    main = tag("main", gone, tag("div", content(seen), id="drill"))
    script = tag("script", Markup(SCRIPT))
    return document("A drill as it happens", WATCH_STYLE, main, script, head=reload)


def content(seen: Look | None) -> Markup:
    """What changes: everything below the title."""
    if seen is None:
        hint = "Start one beside this page: make drill. What it does is then shown here."
        return join(tag("h1", "No drill has run here yet."), tag("p", hint, class_="lead"))
    return join(_header(seen), _curve(seen), _holders(seen), _said(seen))


def _header(seen: Look) -> Markup:
    clock = "not yet" if seen.after_s is None else f"{seen.after_s:.0f} s"
    settled, all_ = seen.now_served
    facts = (
        (clock, "since the fault"),
        (f"{settled} of {all_}", "attempts settled in the last five seconds"),
        (str(seen.pending), "requests wait for an answer"),
        (str(seen.epoch), f"epoch of the lease, {seen.state}"),
    )
    sign = tables.verdict(seen.verdict) if seen.verdict else tag("span", "live", class_="badge")
    what = tag("span", f"{seen.scenario}: {seen.title}", class_="what")
    return tag(
        "header",
        tag("p", sign, what, tag("span", "local cloud", class_="label"), class_="eyebrow"),
        tag("h1", seen.phase[:1].upper() + seen.phase[1:], role="status"),
        tag(
            "ul",
            *(tag("li", tag("b", figure), tag("span", words)) for figure, words in facts),
            class_="facts",
        ),
    )


def _curve(seen: Look) -> Markup:
    first = _first(seen).name
    return section(
        "What happens",
        curve(seen.seconds, seen.events, [], first),
        legend(seen.seconds, first),
        tables.timeline(seen.events),
    )


def _holders(seen: Look) -> Markup:
    rows = [
        [
            one.name,
            f"{seen.state}, epoch {seen.epoch}" if one.lease else "no",
            "yes" if one.writer else "no",
            "yes" if one.dns else "no",
            {True: "yes", False: "no", None: "not seen yet"}[one.ready],
        ]
        for one in seen.regions
    ]
    head = ["region", "lease", "writer", "DNS names it", "ready"]
    picture = topology.picture(_topology(seen), title="Who holds what now", id_="now")
    return section(
        "Who holds what", tag("div", tag("figure", picture), table("As last seen", head, rows), class_="pair")
    )


def _topology(seen: Look) -> topology.Topology:
    """The report's picture, of now: where the lease is."""
    holder = next((one.name for one in seen.regions if one.lease), seen.regions[0].name)
    marks = tuple(Mark(at=0, done_at=0, what=one.detail) for one in seen.events if one.name == "fault")
    first, other = _first(seen).name, next(one.name for one in seen.regions if one != _first(seen))
    fault = Fault(at=0, done_at=0, region=first, survivor=holder, other=other, marks=marks)
    return topology.after(fault, seen.epoch)


def _first(seen: Look) -> LiveRegion:
    """The region that served first in what is shown, else the one that holds the lease."""
    names = [name for second in seen.seconds for name in second.served]
    served = next((one for one in seen.regions if one.name in names[:1]), None)
    return served or next((one for one in seen.regions if one.lease), seen.regions[0])


def _said(seen: Look) -> Markup:
    return section("What the drill says", tag("pre", "\n".join(seen.said), tabindex="0"))
