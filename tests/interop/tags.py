#!/usr/bin/env python3
"""Compares two FLV files tag by tag: type, timestamp and every byte of the body.

  tags.py WANT GOT

onMetaData is left out, for what hands a stream on may write its own. For codecs
of which the ffprobe at hand knows nothing.
"""
import hashlib
import sys
from typing import NamedTuple

KINDS = {8: "audio", 9: "video", 18: "data"}


class Tag(NamedTuple):
    kind: str
    time: int
    size: int
    md5: str


def read(path):
    with open(path, "rb") as flv:
        data = flv.read()
    at = int.from_bytes(data[5:9], "big") + 4
    tags = []
    while at < len(data):
        size = int.from_bytes(data[at + 1:at + 4], "big")
        time = int.from_bytes(data[at + 4:at + 7], "big") | data[at + 7] << 24
        body = data[at + 11:at + 11 + size]
        end = at + 11 + size + 4
        if int.from_bytes(data[end - 4:end], "big") != 11 + size:
            sys.exit(f"{path}: the tag at {at} does not end with its size")
        if b"onMetaData" not in body[:16]:
            tags.append(Tag(KINDS[data[at] & 0x1F], time, size, hashlib.md5(body).hexdigest()))
        at = end
    return tags


def main():
    want, got = map(read, sys.argv[1:])
    for i, (w, g) in enumerate(zip(want, got)):
        if w != g:
            sys.exit(f"tag {i} of {len(want)}:\n  want {w}\n  got  {g}")
    if not want or len(want) != len(got):
        sys.exit(f"want {len(want)} tags, got {len(got)}")
    print(f"{len(got)} tags: as expected")


main()
