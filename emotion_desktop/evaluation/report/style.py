"""The report's look: light, dark and on paper."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root { color-scheme: light dark; --page: #f4f5f7; --card: #fff; --line: #d5d9e0; --text: #1b1f27;
  --muted: #5a6372; --accent: #1f5fbf; --track: #e6e9ee; --bar: #7fa8dd; --warn: #8a4b00; }
@media (prefers-color-scheme: dark) { :root { --page: #17191e; --card: #1f2229; --line: #3a3f4a;
  --text: #eceef2; --muted: #a4acba; --accent: #6fa8ff; --track: #363b45; --bar: #3f6ba8;
  --warn: #ffb86b; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 960px; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 19px; margin: 0 0 10px; }
h3 { font-size: 15px; margin: 18px 0 6px; }
p { margin: 0 0 10px; max-width: 72ch; }
.lead { font-size: 18px; font-weight: 600; }
.muted, .note { color: var(--muted); }
.note { font-size: 13px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 18px 20px; margin: 16px 0; }
figure { margin: 14px 0; overflow-x: auto; }
figcaption { font-weight: 600; margin-bottom: 4px; }
.panels { display: flex; flex-wrap: wrap; gap: 8px 24px; }
.panels figure { margin: 6px 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 8px 0; }
th, td { padding: 4px 8px; font-size: 14px; text-align: right;
  border-bottom: 1px solid var(--line); }
th { color: var(--muted); font-weight: 600; font-size: 13px; vertical-align: bottom; }
td { white-space: nowrap; }
th:first-child, td:first-child { text-align: left; white-space: normal; }
tr.faint td { color: var(--muted); }
table.matrix td { text-align: center; min-width: 44px; border: 1px solid var(--card); padding: 5px;
  background: color-mix(in srgb, var(--accent) calc(var(--share) * 62%), var(--track)); }
table.matrix td.nothing { color: var(--muted); background: var(--track); }
table.matrix td.right { outline: 2px solid var(--accent); outline-offset: -2px; font-weight: 600; }
table.matrix th { text-align: center; border: 0; }
table.matrix th:first-child { text-align: right; padding-right: 10px; }
summary { cursor: pointer; color: var(--accent); margin: 8px 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 8px 0; }
dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
ul { margin: 6px 0; padding-left: 22px; } li { margin: 3px 0; max-width: 72ch; }
svg { max-width: 100%; height: auto; display: block; }
svg text { font: 12.5px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--text); }
svg .tick { font-size: 11px; fill: var(--muted); } svg text.faint { fill: var(--muted); }
svg .grid { stroke: var(--line); } svg .bar { fill: var(--bar); stroke: var(--accent); }
svg .bar.faint { fill: var(--track); stroke: var(--line); }
svg .whisker { stroke: var(--text); stroke-width: 1.6; }
svg .whisker.faint { stroke: var(--muted); stroke-width: 1; }
svg .baseline { stroke: var(--warn); stroke-width: 1.5; stroke-dasharray: 5 4; }
svg .curve { fill: none; stroke: var(--accent); stroke-width: 1.5; }
svg .mark { fill: var(--accent); } svg .hatching { stroke: var(--accent); stroke-width: 2.5; }
footer { color: var(--muted); font-size: 13px; margin-top: 24px; }
@media print { :root { --page: #fff; --card: #fff; --line: #bbb; --text: #000; --muted: #444;
    --accent: #1f5fbf; --track: #eee; --bar: #9dbde8; --warn: #8a4b00; color-scheme: light; }
  @page { size: A4; margin: 16mm; }
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; }
  section { border: 0; border-top: 1px solid #bbb; border-radius: 0; padding: 10px 0;
    margin: 8px 0; }
  details:not([open]) { display: none; }
  figure, table, dl { break-inside: avoid; } h2, h3, .lead,
  figcaption { break-after: avoid; }
  .scroll, figure { overflow: visible; } th, td { padding: 2px 4px; font-size: 8pt; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""
