#!/usr/bin/env python3
"""Compares the coded frames of two files, as ffprobe reads them.

  frames.py equal  WANT GOT   the same frames: track, dts, pts (ms), size, MD5
  frames.py shift  WANT GOT   the same, but for one constant added to all times
  frames.py video  WANT GOT   the same of video alone, for those who know no more
  frames.py suffix WANT GOT   WANT from one of its key frames to its end
  frames.py but-last WANT GOT the same, but for WANT's last frame: rtmp2src drops
                              the message that it has not handed on yet when
                              Stream EOF comes, and librtmp the like
  frames.py part   WANT GOT   of each track a part of WANT's frames without a gap,
                              its times moved by a constant, give or take 2 ms
  frames.py seek   WANT GOT   WANT from its start, then from a later key frame
  frames.py list   FILE
  frames.py options           what a foreign ffprobe needs to write a NAME.json

There may be several GOT.

WANT may be a list that FFmpeg's framemd5 wrote (NAME.framemd5), GOT what an
ffprobe printed (NAME.json).
"""
import json
import subprocess
import sys
from typing import NamedTuple


class Frame(NamedTuple):
    track: str
    dts: int
    pts: int
    size: int
    md5: str

    def moved(self, ms):
        return self._replace(dts=self.dts + ms, pts=self.pts + ms)


class Listing(NamedTuple):
    tracks: list  # codec, and MD5 of its configuration
    frames: list
    keys: set     # indices into frames


OPTIONS = ["-v", "error", "-show_data_hash", "MD5", "-of", "json", "-show_entries",
           "packet=stream_index,dts,pts,size,flags,data_hash:"
           "stream=index,codec_type,codec_name,extradata_hash"]


def probe(path):
    return read_json(subprocess.run(["ffprobe", *OPTIONS, path], check=True,
                                    stdout=subprocess.PIPE, timeout=60).stdout)


def read_json(text):
    data = json.loads(text)
    names = {}
    for kind in ("audio", "video"):
        streams = [s for s in data["streams"] if s["codec_type"] == kind]
        names |= {s["index"]: f"{kind}{n}" for n, s in enumerate(streams)}
    packets = [p for p in data["packets"] if p["stream_index"] in names]
    return Listing(
        sorted((names[s["index"]], s.get("codec_name", "unknown"),
                s.get("extradata_hash", "none").removeprefix("MD5:"))
               for s in data["streams"] if s["index"] in names),
        [Frame(names[p["stream_index"]], p["dts"], p["pts"], int(p["size"]),
               p["data_hash"].removeprefix("MD5:")) for p in packets],
        {i for i, p in enumerate(packets) if "K" in p["flags"]})


def read_framemd5(path):
    kind, codec, extra, frames, seen = {}, {}, {}, [], {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            words = line.replace(",", " ").replace(":", " ").split()
            if words[0] == "#media_type":
                n = seen.setdefault(words[2], 0)
                seen[words[2]] += 1
                kind[words[1]] = f"{words[2]}{n}"
            elif words[0] == "#codec_id":
                codec[words[1]] = words[2]
            elif words[0] == "#extradata":
                extra[words[1]] = words[3]
            elif not line.startswith("#"):
                index, dts, pts, _, size, md5 = words
                frames.append(Frame(kind[index], int(dts), int(pts), int(size), md5))
    return Listing(sorted((kind[i], codec[i], extra.get(i, "none")) for i in kind),
                   frames, set())


def read(path):
    if path.endswith(".json"):
        with open(path, encoding="utf-8") as file:
            return read_json(file.read())
    return read_framemd5(path) if path.endswith(".framemd5") else probe(path)


def first_difference(want, got):
    for i, (w, g) in enumerate(zip(want, got)):
        if w != g:
            return f"frame {i} of {len(want)}:\n  want {w}\n  got  {g}"
    if len(want) != len(got):
        more = want[len(got):] or got[len(want):]
        return (f"want {len(want)} frames, got {len(got)}; first "
                f"{'missing' if len(got) < len(want) else 'extra'}: {more[0]}")
    return None


def suffix(want, got):
    """What a player that joins late gets: no video before a key frame."""
    video = next((f for f in got.frames if f.track.startswith("video")), None)
    if video is None:
        return [], "no video frame was received"
    if video not in want.frames:
        return [], f"this first video frame was never sent: {video}"
    first = want.frames.index(video)
    if first not in want.keys:
        return [], f"the first video frame is no key frame: {video}"
    due = [f for i, f in enumerate(want.frames)
           if i >= first or f.track.startswith("audio")]
    if got.frames[0] not in due:
        return [], f"this first frame was never sent: {got.frames[0]}"
    return due[due.index(got.frames[0]):], None


def sought(want, got):
    """What a viewer gets who leaves out a part."""
    same = next((i for i, (w, g) in enumerate(zip(want.frames, got.frames))
                 if w != g), len(got.frames))
    if same in (0, len(got.frames)):
        return [], f"no seek is seen behind {same} frames"
    target = got.frames[same]
    if target not in want.frames[same:]:
        return [], f"this first frame after the seek was never sent: {target}"
    first = want.frames.index(target)
    if first not in want.keys or not target.track.startswith("video"):
        return [], f"the first frame after the seek is no key frame: {target}"
    print(f"sought from frame {same} to frame {first}")
    return want.frames[:same] + want.frames[first:], None


def part(want, got):
    """What two outputs of one encoder have that do not begin and end together.

    The configuration is not compared: each output writes a record of its own.
    """
    if [t[:2] for t in want.tracks] != [t[:2] for t in got.tracks]:
        return f"tracks differ:\n  want {want.tracks}\n  got  {got.tracks}"
    for track, *_ in want.tracks:
        due = [f for f in want.frames if f.track == track]
        have = [f for f in got.frames if f.track == track]
        first = next((i for i in range(len(due) - len(have) + 1)
                      if all(w.md5 == g.md5 for w, g in zip(due[i:], have))), None)
        if first is None or not have:
            return f"{track}: these {len(have)} frames are no part of those {len(due)}"
        print(f"{track}: {len(have)} frames, from frame {first} of {len(due)}")
        moves = [m for w, g in zip(due[first:], have)
                 for m in (g.dts - w.dts, g.pts - w.pts)]
        if max(moves) - min(moves) > 4:
            return f"{track}: times are moved by {min(moves)} to {max(moves)} ms"
    return None


def compare(how, want, got):
    if how == "part":
        return part(want, got)
    if how == "video":
        want, got, how = video(want), video(got), "shift"
    if want.tracks != got.tracks:
        return f"tracks differ:\n  want {want.tracks}\n  got  {got.tracks}"
    if not want.frames or not got.frames:
        return f"want {len(want.frames)} frames, got {len(got.frames)}"
    due = want.frames
    if how == "shift":
        ms = got.frames[0].dts - due[0].dts
        print(f"all times moved by {ms} ms")
        due = [f.moved(ms) for f in due]
    elif how == "suffix":
        due, problem = suffix(want, got)
        if problem:
            return problem
        print(f"joined at frame {len(want.frames) - len(due)}")
    elif how == "seek":
        due, problem = sought(want, got)
        if problem:
            return problem
    elif how == "but-last" and len(got.frames) == len(due) - 1:
        print("the last frame is missing, as it may")
        due = due[:-1]
    return first_difference(due, got.frames)


def video(listing):
    return listing._replace(
        tracks=[t for t in listing.tracks if t[0].startswith("video")],
        frames=[f for f in listing.frames if f.track.startswith("video")])


def main():
    how, paths = sys.argv[1], sys.argv[2:]
    if how == "options":
        print(*OPTIONS)
        return
    if how == "list":
        for frame in read(paths[0]).frames:
            print(*frame)
        return
    want = read(paths[0])
    for path in paths[1:]:
        got = read(path)
        problem = compare(how, want, got)
        if problem:
            sys.exit(f"{path}: {problem}")
        print(f"{len(got.frames)} frames: as expected")


main()
