#!/usr/bin/env python3
"""Compares the coded frames of FLV files, Enhanced RTMP's included.

  coded.py tracks WANT GOT   of each track the same frames, in order: dts and pts
                             (ms) but for one constant, size, MD5; and the same
                             configurations
  coded.py equal WANT GOT    and the tracks among each other by dts: what is live
                             may come in another order

WANT may be a list that FFmpeg's framemd5 wrote, which has no configurations. For
codecs of which the ffprobe at hand knows nothing.
"""
import hashlib
import sys
from typing import NamedTuple

WITH_OFFSET = {"avc1", "hvc1", "vvc1"}
OLD_VIDEO = {7: "avc1", 12: "hvc1"}
OLD_AUDIO = {10: "mp4a"}
ONE_TRACK, VIDEO_MULTITRACK, AUDIO_MULTITRACK = 0, 6, 5


class Frame(NamedTuple):
    track: str
    dts: int
    pts: int
    size: int
    md5: str


def signed24(data):
    return int.from_bytes(data[:3], "big", signed=True)


def enhanced(body, multitrack):
    """Kind of packet, codec, track and what follows."""
    kind, at, track = body[0] & 15, 1, 0
    if kind == multitrack:
        if body[1] >> 4 != ONE_TRACK:
            sys.exit("more than one track in a message")
        kind, at = body[1] & 15, 2
    codec, at = body[at:at + 4].decode("ascii"), at + 4
    if body[0] & 15 == multitrack:
        track, at = body[at], at + 1
    return kind, codec, track, body[at:]


def read_video(body):
    if body[0] & 0x80:
        kind, codec, track, rest = enhanced(body, VIDEO_MULTITRACK)
        if kind == 1 and codec in WITH_OFFSET:
            return "frame", track, signed24(rest), rest[3:]
        return {0: "config", 1: "frame", 3: "frame"}.get(kind), track, 0, rest
    if body[0] & 15 not in OLD_VIDEO:
        return "frame", 0, 0, body[1:]
    return {0: "config", 1: "frame"}.get(body[1]), 0, signed24(body[2:]), body[5:]


def read_audio(body):
    if body[0] >> 4 == 9:
        kind, _, track, rest = enhanced(body, AUDIO_MULTITRACK)
        return {0: "config", 1: "frame"}.get(kind), track, 0, rest
    if body[0] >> 4 not in OLD_AUDIO:
        return "frame", 0, 0, body[1:]
    return {0: "config", 1: "frame"}[body[1]], 0, 0, body[2:]


def read_flv(path):
    with open(path, "rb") as flv:
        data = flv.read()
    at, frames, configs = int.from_bytes(data[5:9], "big") + 4, [], []
    while at + 11 <= len(data):
        size = int.from_bytes(data[at + 1:at + 4], "big")
        time = int.from_bytes(bytes([data[at + 7]]) + data[at + 4:at + 7], "big", signed=True)
        kind, body = data[at] & 31, data[at + 11:at + 11 + size]
        at += 11 + size + 4
        if kind == 18 or not body:
            continue
        what, track, offset, rest = (read_video if kind == 9 else read_audio)(body)
        name = f"{'video' if kind == 9 else 'audio'}{track}"
        digest = hashlib.md5(rest).hexdigest()
        if what == "frame" and rest:
            frames.append(Frame(name, time, time + offset, len(rest), digest))
        elif what == "config" and rest and (name, digest) not in configs:
            configs.append((name, digest))
    return frames, sorted(configs)


def read_framemd5(path):
    names, seen, frames = {}, {}, []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            words = line.replace(",", " ").replace(":", " ").split()
            if words[0] == "#media_type":
                n = seen[words[2]] = seen.get(words[2], -1) + 1
                names[words[1]] = f"{words[2]}{n}"
            elif not line.startswith("#"):
                track, dts, pts, _, size, md5 = words
                frames.append(Frame(names[track], int(dts), int(pts), int(size), md5))
    return frames, None


def read(path):
    return (read_framemd5 if path.endswith(".framemd5") else read_flv)(path)


def compare(name, want, got, shift):
    want = [f._replace(dts=f.dts + shift, pts=f.pts + shift) for f in want]
    for i, (w, g) in enumerate(zip(want, got)):
        if w != g:
            sys.exit(f"{name}: frame {i} of {len(want)}:\n  want {w}\n  got  {g}")
    if len(want) != len(got):
        sys.exit(f"{name}: want {len(want)} frames, got {len(got)}")


def main():
    how = sys.argv[1]
    (want, want_configs), (got, got_configs) = map(read, sys.argv[2:])
    if not want or not got:
        sys.exit(f"want {len(want)} frames, got {len(got)}")
    if want_configs is not None and want_configs != got_configs:
        sys.exit(f"configurations:\n  want {want_configs}\n  got  {got_configs}")
    tracks = sorted({f.track for f in want} | {f.track for f in got})
    shift = min(f.dts for f in got) - min(f.dts for f in want)
    for track in tracks:
        compare(track, [f for f in want if f.track == track],
                [f for f in got if f.track == track], shift)
    for before, after in zip(got, got[1:]):
        if how == "equal" and after.dts < before.dts:
            sys.exit(f"the order is not that of times:\n  {before}\n  {after}")
    print(f"{len(got)} frames of {', '.join(tracks)}: as expected, {shift} ms later")


main()
