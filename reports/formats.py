# SPDX-License-Identifier: Apache-2.0
"""Writes the table of report formats: formats.py OUT NAME..."""
import sys

out, *names = sys.argv[1:]
with open(out, "w", encoding="utf-8") as f:
    f.write('#include "reports/report.h"\n')
    for name in names:
        f.write(f"extern const struct report_format report_{name};\n")
    f.write("const struct report_format *const report_formats[] = {\n")
    for name in names:
        f.write(f"\t&report_{name},\n")
    f.write("\tNULL,\n};\n")
