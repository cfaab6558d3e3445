"""The pages' one style sheet: readable on a phone, in the dark and on paper, with no file beside it."""

_LIGHT = """--ink: #16202c; --paper: #fff; --soft: #556172; --line: #d8dee6; --panel: #f5f7fa;
  --good: #12703f; --good-panel: #e3f4ea; --bad: #b3202f; --bad-panel: #fdeaec; --warn: #7d5200;
  --warn-panel: #fdf3dc; --one: #0b7d72; --two: #2f66d6; --failed: #eda9af; --waiting: #b9c3d0;
  --measured: #e28413; --declared: #b79fe0; --latency: #7a3fb8; --on: #16202c; --pill: #0b6b61;"""

_DARK = """--ink: #e6ebf2; --paper: #0f141b; --soft: #a3b0c1; --line: #2d3744; --panel: #181f29;
  --good: #63d398; --good-panel: #12301f; --bad: #ff8b96; --bad-panel: #3a161c; --warn: #e9b44c;
  --warn-panel: #33270d; --one: #2bb3a3; --two: #6d9cff; --failed: #7d3a44; --waiting: #4d5a6c;
  --measured: #f0a23c; --declared: #8d70c8; --latency: #c99bff; --on: #0f141b; --pill: #7fe3d6;"""

_PAGE = """
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main, footer { max-width: 64rem; margin: 0 auto; padding: 1.25rem 1rem; }
footer { color: var(--soft); font-size: .9rem; border-top: 1px solid var(--line); margin-top: 2rem; }
h1 { font-size: clamp(1.5rem, 4.2vw, 2.1rem); line-height: 1.15; letter-spacing: -.015em;
  margin: .6rem 0 .5rem; text-wrap: balance; }
h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; }
p { margin: .35rem 0; max-width: 52rem; } a { color: var(--two); }
.lead { font-size: 1.08rem; }
.eyebrow { display: flex; flex-wrap: wrap; align-items: center; gap: .6rem; margin: 0; }
.eyebrow .what { font-weight: 600; }
.label { border: 1px solid var(--line); border-radius: 999px; padding: 0 .7rem; font-size: .85rem;
  color: var(--soft); }
.badge { display: inline-block; border-radius: .35rem; padding: 0 .5rem; font-weight: 700; font-size: .85rem;
  text-transform: uppercase; letter-spacing: .03em; white-space: nowrap; background: var(--panel); }
.eyebrow .badge { font-size: 1rem; padding: .1rem .7rem; }
.met { color: var(--good); background: var(--good-panel); } .missed { color: var(--bad);
  background: var(--bad-panel); } .invalid { color: var(--warn); background: var(--warn-panel); }
.invalid-text { color: var(--warn); } .missed-text { color: var(--bad); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .6rem;
  margin: 1.1rem 0 0; padding: 0; list-style: none; }
.facts li { background: var(--panel); border: 1px solid var(--line); border-radius: .6rem;
  padding: .6rem .8rem; }
.facts b { display: block; font-size: 1.7rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.facts span, .note, figcaption, .legend { color: var(--soft); font-size: .9rem; line-height: 1.35; }
figure { margin: .75rem 0; } .legend { margin: .4rem 0 .8rem; max-width: none; }
.wide { overflow-x: auto; } .wide:focus-visible, summary:focus-visible, a:focus-visible {
  outline: 2px solid var(--two); outline-offset: 2px; }
.wide > svg { min-width: 44rem; display: block; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1.5rem; }
table { border-collapse: collapse; width: 100%; margin: .25rem 0 1rem; font-size: .92rem; }
caption { text-align: left; color: var(--soft); padding: .25rem 0; }
th, td { text-align: left; font-weight: 400; padding: .34rem .9rem .34rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; }
th[scope=row] { min-width: 8rem; } td:last-child, th:last-child { padding-right: .2rem; }
thead th { color: var(--soft); font-size: .85rem; white-space: nowrap; }
td { min-width: 3rem; } .number { text-align: right; font-variant-numeric: tabular-nums; }
tbody tr:hover { background: var(--panel); }
ol.marks { padding: 0; margin: .75rem 0; list-style: none; columns: 2 24rem; column-gap: 2rem; }
ol.marks li { display: grid; grid-template-columns: 1.7rem 4.9rem 1fr;
  align-items: start; padding: .16rem 0; break-inside: avoid; }
ol.marks .at { text-align: right; white-space: nowrap; padding-right: .7rem;
  font-variant-numeric: tabular-nums; }
.dot-number { background: var(--ink); color: var(--paper); border-radius: 50%; width: 1.35rem;
  height: 1.35rem; line-height: 1.35rem; margin-top: .1rem; text-align: center; font-size: .75rem; }
.fault-number { background: var(--bad); }
details { margin: .5rem 0; } summary { cursor: pointer; color: var(--soft); }
svg text { fill: var(--ink); font: 13px system-ui, sans-serif; } svg .soft { fill: var(--soft); }
svg .small { font-size: 11px; } svg .big { font-size: 15px; } svg .bold { font-weight: 700; }
svg .bad-text { fill: var(--bad); }
svg rect.one, svg rect.two, svg rect.failed { shape-rendering: crispEdges; }
.one { fill: var(--one); } .two { fill: var(--two); } .failed { fill: var(--failed); }
.waiting { fill: var(--waiting); } .measured { fill: var(--measured); } .declared { fill: var(--declared); }
.free { fill: var(--panel); stroke: var(--line); } .latency-swatch { fill: var(--latency); }
svg .on-measured { fill: var(--on); } svg .on-bar { fill: var(--paper); }
.axis { stroke: var(--line); } .latency { stroke: var(--latency); fill: none; stroke-width: 1.5; }
.mark { stroke: var(--ink); stroke-dasharray: 2 3; opacity: .5; } .fault { stroke: var(--bad); opacity: 1; }
.dot { fill: var(--ink); } .fault-dot { fill: var(--bad); }
svg .on-dot { fill: var(--paper); font-weight: 700; }
.box { fill: var(--panel); stroke: var(--line); } .holds { stroke: var(--pill); stroke-width: 2.5; }
.lost { fill: var(--bad-panel); stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 6 4; }
.part { fill: var(--paper); stroke: var(--line); } .pill { fill: var(--pill); }
svg .on-pill { fill: var(--paper); font-weight: 600; font-size: 12px; }
.way { stroke: var(--soft); fill: none; stroke-width: 1.5; }
.strong { stroke: var(--pill); stroke-width: 2.5; }
.tip { fill: var(--soft); } .strong + .tip { fill: var(--pill); }
.broken { stroke: var(--bad); stroke-dasharray: 4 4; }
.leg { display: inline-block; margin-right: 1.2rem; }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
"""

_PRINT = """
@page { margin: 14mm; }
@media print { html { font-size: 11px; } body { font-size: 1rem; }
  main, footer { max-width: none; padding: 0; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } .wide { overflow: visible; }
  .wide > svg { min-width: 0; } figure, tr, li { break-inside: avoid; }
  h2 { break-after: avoid; margin-top: 1.4rem; }
  .facts { grid-template-columns: repeat(5, 1fr); } .pair { grid-template-columns: 1fr 1fr; }
  th, td { padding-top: .15rem; padding-bottom: .15rem; } details { display: none; } }
"""

STYLE = (
    f"\n:root {{ color-scheme: light dark; {_LIGHT} }}\n"
    f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_DARK} }} }}{_PAGE}{_PRINT}"
)
