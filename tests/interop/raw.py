#!/usr/bin/env python3
"""Compares two lists that checksumsink has printed.

  raw.py WANT GOT   the same frames, in order: MD5, and the time since the first
                    one, which FLV has in milliseconds
"""
import sys

NS_PER_MS = 1000000


def read(path):
    frames = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            time, md5 = line.split()
            hours, minutes, seconds = time.split(":")
            ns = int(seconds.replace(".", ""))
            ns += (int(hours) * 60 + int(minutes)) * 60 * 1000 * NS_PER_MS
            frames.append((ns, md5))
    return frames


def main():
    want, got = map(read, sys.argv[1:])
    for i, (w, g) in enumerate(zip(want, got)):
        late = (g[0] - got[0][0]) - (w[0] - want[0][0])
        if w[1] != g[1] or abs(late) > NS_PER_MS:
            sys.exit(f"frame {i} of {len(want)}, late by {late} ns:\n"
                     f"  want {w}\n  got  {g}")
    if not want or len(want) != len(got):
        sys.exit(f"want {len(want)} frames, got {len(got)}")
    print(f"{len(got)} frames: as expected")


main()
