# SPDX-License-Identifier: Apache-2.0
"""What was measured as tables, as JSON and as a chart; and whether the goals were met."""
import html
import json
import os

# What issue and README promise: words, where the figure is, what it has to be.
GOALS = [
    ("client_credentials RS256 of the limit", "of_limit", "client_credentials RS256", ">=", 0.93),
    ("client_credentials ES256 of the limit", "of_limit", "client_credentials ES256", ">=", 0.80),
    ("refresh (2 x RS256) of half the RS256 limit", "of_limit", "refresh RS256", ">=", 0.93),
    ("discovery of the limit", "of_limit", "discovery", ">=", 0.80),
    ("JWKS of the limit", "of_limit", "JWKS", ">=", 0.80),
    ("client_credentials RS256 x best peer", "of_peer", "client_credentials RS256", ">=", 1.4),
    ("discovery x best peer", "of_peer", "discovery", ">=", 2),
    ("JWKS x best peer", "of_peer", "JWKS", ">=", 3),
    ("two threads over one, of the limit's own", "single", "threads", ">=", 0.9),
    ("cold start over the limit's", "single", "cold start", "<=", 1.5),
    ("RSS idle, MiB", "single", "RSS idle", "<=", 12),
    ("RSS after 1,000,000 grants, MiB", "single", "RSS after 1M", "<=", 24),
    ("RSS second million over first", "single", "RSS 2M over 1M", "<=", 1.02),
    ("5,000 connections, 10,000 device codes: answered", "single", "answered", ">=", 1),
]


def judge(figures, all_cases):
    """Rows of goal, figure, wanted, verdict; of a part of the cases only what they measured."""
    rows = [("goal", "measured", "wanted", "")]
    for words, kind, case, sign, wanted in GOALS:
        got = figures.get((kind, case))
        if got is None and not all_cases:
            continue
        if got is None:
            rows.append((words, "-", f"{sign} {wanted:g}", "not measured"))
            continue
        met = got >= wanted if sign == ">=" else got <= wanted
        rows.append((words, f"{got:.2f}", f"{sign} {wanted:g}", "met" if met else "NOT MET"))
    return rows


def case_rows(medians, sizes):
    rows = [("case", "server", "req/CPU s", "req/s", "p50 ms", "p99 ms", "bytes")]
    for case, servers in medians.items():
        for name, s in servers.items():
            if "per_cpu_s" not in s:
                continue
            rows.append((case, name, f"{s['per_cpu_s']:,.0f}", f"{s['per_s']:,.0f}",
                         f"{s['p50_ms']:.2f}", f"{s['p99_ms']:.2f}",
                         str(sizes.get(case, {}).get(name, ""))))
    return rows


def other_rows(medians):
    rows = [("case", "server", "figures")]
    for case, servers in medians.items():
        for name, s in servers.items():
            if "per_cpu_s" not in s:
                rows.append((case, name, ", ".join(f"{k} {v:,.1f}" for k, v in s.items())))
    return rows


def show(rows):
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(c.ljust(w) for c, w in zip(row, widths)).rstrip())
    print()


def chart(medians):
    """One bar a server, as long as its share of the longest of its case."""
    parts, y = [], 20
    for case, servers in medians.items():
        bars = {n: s["per_cpu_s"] for n, s in servers.items() if "per_cpu_s" in s}
        if not bars or case.startswith("threads"):
            continue
        parts.append(f'<text x="0" y="{y}" font-weight="600">{html.escape(case)}</text>')
        for name, value in sorted(bars.items(), key=lambda b: -b[1]):
            y += 22
            fill = "#1b5db8" if name == "idp-sim" else "#9aa4af"
            long = 500 * value / max(bars.values())
            parts.append(f'<text x="0" y="{y + 11}">{html.escape(name)}</text>'
                         f'<rect x="150" y="{y}" height="14" width="{long:.1f}" fill="{fill}"/>'
                         f'<text x="{156 + long:.1f}" y="{y + 11}">{value:,.0f}</text>')
        y += 40
    return ('<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="0 0 760 {y}" font-family="system-ui,sans-serif" font-size="12" role="img" '
            'aria-label="requests per CPU second of the server">' + "".join(parts) + "</svg>")


def html_table(rows):
    head, *body = [[html.escape(c) for c in r] for r in rows]
    return ("<table><tr><th>" + "<th>".join(head) + "".join("<tr><td>" + "<td>".join(r) for r in body)
            + "</table>")


def write(folder, result, tables, medians):
    with open(os.path.join(folder, "bench.json"), "w", encoding="utf-8") as f:
        json.dump(result, f, indent=1)
    with open(os.path.join(folder, "bench.svg"), "w", encoding="utf-8") as f:
        f.write(chart(medians))
    style = ("body{font:14px/20px system-ui;margin:32px auto;max-width:860px;padding:0 16px}"
             "table{border-collapse:collapse;margin:16px 0}td,th{text-align:left;padding:2px 16px 2px 0;"
             "border-bottom:1px solid #dde2e7;font-variant-numeric:tabular-nums}")
    with open(os.path.join(folder, "bench.html"), "w", encoding="utf-8") as f:
        f.write('<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" '
                'content="width=device-width"><title>idp-sim, measured</title>'
                f"<style>{style}</style><h1>Requests per CPU second of the server</h1>"
                f"{chart(medians)}{''.join(html_table(t) for t in tables)}")
