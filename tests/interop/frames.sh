#!/bin/bash
# The yardsticks of the other scripts: frames.py reads what the list beside each file
# says, and both see one wrong byte.
. "$(dirname "$0")/../lib.sh"
frames=$(dirname "$0")/frames.py
coded=$(dirname "$0")/coded.py
tags=$(dirname "$0")/tags.py

as_listed ()
{
  # FFmpeg's list starts at 0, whatever the file's first time is.
  "$frames" shift "$media/$1.framemd5" "$media/$1.flv"
}

# sees WHAT HOW: $tmp/bad.flv differs from avc_aac.flv, and the reason has WHAT
sees ()
{
  ! "$frames" "$2" "$media/avc_aac.flv" "$tmp/bad.flv" 2>"$tmp/why" || return 1
  cat "$tmp/why"
  grep -q "$1" "$tmp/why"
}

# changed_byte HOW
changed_byte ()
{
  python3 - "$media/avc_aac.flv" "$tmp/bad.flv" <<'END'
import sys
data = bytearray (open (sys.argv[1], "rb").read ())
data[len (data) // 2] ^= 1
open (sys.argv[2], "wb").write (data)
END
  sees frame "$1"
}

lost_end ()
{
  head -c 120000 "$media/avc_aac.flv" >"$tmp/bad.flv"
  sees 'frame' "$1"
}

no_seek ()
{
  cp "$media/avc_aac.flv" "$tmp/bad.flv"
  sees 'no seek' seek
}

late_start ()
{
  run 20 ffmpeg -v error -y -itsoffset 1 -i "$media/avc_aac.flv" -c copy -copyts "$tmp/bad.flv"
  sees 'dts=1000' equal
  "$frames" shift "$media/avc_aac.flv" "$tmp/bad.flv"
}

tags_too ()
{
  "$tags" "$media/avc_aac.flv" "$media/avc_aac.flv"
  changed_byte equal
  if "$tags" "$media/avc_aac.flv" "$tmp/bad.flv"; then return 1; fi
}

coded_too ()
{
  "$coded" "$1" "$media/avc_aac.flv" "$media/avc_aac.flv"
  "$coded" "$1" "$media/avc_aac.framemd5" "$media/avc_aac.flv"
  changed_byte equal
  if "$coded" "$1" "$media/avc_aac.flv" "$tmp/bad.flv"; then return 1; fi
  lost_end equal
  if "$coded" "$1" "$media/avc_aac.framemd5" "$tmp/bad.flv"; then return 1; fi
}

only_a_part ()
{
  head -c 120000 "$media/avc_aac.flv" >"$tmp/cut.flv"
  run 20 ffmpeg -v error -y -ss 1 -i "$tmp/cut.flv" -c copy "$tmp/bad.flv"
  "$frames" part "$tmp/cut.flv" "$tmp/bad.flv"
  changed_byte part
}

# FFmpeg 5.1 does not know Enhanced RTMP.
for name in avc_aac avc_mp3 h263_speex screen2_adpcm; do
  try "frames/$name-is-as-listed" as_listed "$name"
done
for how in equal shift video suffix but-last seek; do
  try "frames/sees-a-changed-byte-by-$how" changed_byte "$how"
done
try frames/sees-a-changed-byte-of-a-tag tags_too
for how in equal tracks; do
  try "frames/sees-a-changed-byte-of-$how" coded_too "$how"
done
try frames/sees-a-changed-byte-of-a-part only_a_part
try frames/sees-a-lost-end lost_end equal
try frames/sees-a-lost-end-of-a-late-joiner lost_end suffix
try frames/sees-more-than-a-lost-last-frame lost_end but-last
try frames/sees-that-nothing-was-left-out no_seek
try frames/sees-other-times late_start
exit "$failed"
