# SPDX-License-Identifier: Apache-2.0
"""Writes a C table of whole files: embed.py OUT SYMBOL FILE...

A file is `struct embedded { name, text, n }` (base/file.h); the table ends with name NULL.
The name is the base name, or DIR/NAME with the option --dirs.
"""
import os
import sys


def literal(data):
    lines = []
    for start in range(0, len(data), 32):
        lines.append("\t" + ", ".join(str(b) for b in data[start:start + 32]) + ",")
    return "\n".join(lines)


def main(argv):
    dirs = "--dirs" in argv
    out, symbol, *paths = [a for a in argv if a != "--dirs"]
    with open(out, "w", encoding="utf-8") as f:
        f.write('#include "idp-sim/base/file.h"\n')
        for i, path in enumerate(paths):
            with open(path, "rb") as source:
                data = source.read()
            f.write(f"static const unsigned char text_{i}[] = {{\n{literal(data)}\n\t0\n}};\n")
        f.write(f"extern const struct embedded {symbol}[];\n")
        f.write(f"const struct embedded {symbol}[] = {{\n")
        for i, path in enumerate(paths):
            name = os.path.basename(path)
            if dirs:
                name = os.path.basename(os.path.dirname(path)) + "/" + name
            f.write(f'\t{{ "{name}", (const char *)text_{i}, sizeof(text_{i}) - 1 }},\n')
        f.write("\t{ 0 },\n};\n")


main(sys.argv[1:])
