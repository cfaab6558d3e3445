"""The page's one style sheet: readable on a phone, in the dark and on paper, with no file beside it."""

STYLE = """
:root { color-scheme: light dark; --ink: #16202c; --paper: #fff; --soft: #5a6675; --line: #d5dbe3;
  --panel: #f4f6f9; --good: #1a7f4b; --bad: #c22f3d; --warn: #9a6400; --wait: #7d8ba0; --declared: #b9a3dd;
  --latency: #2563c9; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f0; --paper: #11161d; --soft: #9aa7b8;
  --line: #303a48; --panel: #1a212b; --good: #3fb97b; --bad: #f0707c; --warn: #dba23a; --wait: #64738a;
  --declared: #8468b8; --latency: #6ea3f7; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1rem; }
header { border-bottom: 1px solid var(--line); padding-bottom: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .25rem 0; text-wrap: balance; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .5rem; }
p { margin: .35rem 0; max-width: 46rem; }
.label { display: inline-block; border: 1px solid var(--line); border-radius: 999px; padding: 0 .7rem;
  font-size: .85rem; color: var(--soft); }
.verdict { font-weight: 700; letter-spacing: .02em; }
.met { color: var(--good); } .missed { color: var(--bad); } .invalid { color: var(--warn); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .6rem;
  margin: 1rem 0 0; padding: 0; list-style: none; }
.facts li { background: var(--panel); border-radius: .5rem; padding: .5rem .75rem; }
.facts b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.facts span, .note, figcaption { color: var(--soft); font-size: .9rem; }
figure { margin: .75rem 0; }
.wide { overflow-x: auto; } .wide:focus-visible { outline: 2px solid var(--latency); }
.wide > svg { min-width: 40rem; display: block; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; }
table { border-collapse: collapse; width: 100%; margin: .25rem 0 1rem; font-size: .92rem; }
caption { text-align: left; color: var(--soft); padding: .25rem 0; }
th, td { text-align: left; font-weight: 400; padding: .3rem .75rem .3rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
thead th { color: var(--soft); font-size: .85rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
ol.marks { padding-left: 0; list-style: none; }
ol.marks li { display: grid; grid-template-columns: 1.8rem 4.5rem 1fr; gap: .25rem; padding: .1rem 0; }
ol.marks .at { text-align: right; padding-right: .6rem; font-variant-numeric: tabular-nums; }
details { margin: .5rem 0; } summary { cursor: pointer; }
svg text { fill: var(--ink); font: 13px system-ui, sans-serif; } svg .soft { fill: var(--soft); }
svg .small { font-size: 11px; } svg .bold { font-weight: 700; }
.settled { fill: var(--good); } .failed { fill: var(--bad); } .waiting { fill: var(--wait); }
.declared { fill: var(--declared); } .free { fill: var(--panel); stroke: var(--line); }
.axis { stroke: var(--line); } .latency { stroke: var(--latency); fill: none; stroke-width: 1.5; }
.mark { stroke: var(--ink); stroke-dasharray: 2 3; opacity: .55; } .fault { stroke: var(--bad); opacity: 1; }
.dot { fill: var(--ink); } .fault-dot { fill: var(--bad); }
svg .on-dot { fill: var(--paper); font-weight: 700; }
.box { fill: var(--panel); stroke: var(--line); } .holds { stroke: var(--good); stroke-width: 3; }
.lost { stroke: var(--bad); stroke-width: 2; stroke-dasharray: 6 4; } .way { stroke: var(--soft); }
.leg { display: inline-block; margin-right: 1.2rem; white-space: nowrap; }
.broken { stroke: var(--bad); stroke-dasharray: 4 4; }
@media print { :root { --ink: #000; --paper: #fff; --soft: #333; --line: #999; --panel: #fff; --good: #1a7f4b;
  --bad: #c22f3d; --wait: #7d8ba0; --declared: #b9a3dd; --latency: #2563c9; } body { font-size: 11px; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } .wide { overflow: visible; }
  .wide > svg { min-width: 0; } figure, tr, section.keep { break-inside: avoid; } details { display: none; } }
"""
