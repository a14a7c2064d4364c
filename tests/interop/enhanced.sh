#!/bin/bash
# Enhanced RTMP: every tag passes our four elements as it is, and what our server
# sends is what FFmpeg 7.1 reads. It knows the video codecs, and no audio beyond
# FLV's own. Players have to announce what they know.
. "$(dirname "$0")/lib.sh"
ffmpeg71=$npm/@remotion/compositor-linux-x64-gnu

through ()
{
  local server player
  listen gst-launch-1.0 --no-fault --quiet \
    rtmpserversrc location="rtmp://127.0.0.1:@PORT@/in/cam" ! queue ! \
    rtmpserversink sync=false wait-for-player=true location="rtmp://127.0.0.1:@PORT@/live/cam"
  server=$pid
  start 30 gst-launch-1.0 --no-fault --quiet \
    "$SRC" location="rtmp://127.0.0.1:$port/live/cam" ! filesink location="$tmp/played.flv"
  player=$pid
  gst filesrc location="$media/$1.flv" ! "$SINK" sync=false location="rtmp://127.0.0.1:$port/in/cam"
  wait "$player" "$server"
  "$here/tags.py" "$media/$1.flv" "$tmp/played.flv"
}

# to_ffmpeg71 FILE HOW
to_ffmpeg71 ()
{
  local server options
  listen gst-launch-1.0 --no-fault --quiet filesrc location="$media/$1.flv" ! \
    rtmpserversink sync=false wait-for-player=true location="rtmp://127.0.0.1:@PORT@/live/cam"
  server=$pid
  read -ra options < <("$here/frames.py" options)
  LD_LIBRARY_PATH=$ffmpeg71 run 20 "$ffmpeg71/ffprobe" "${options[@]}" \
    -rtmp_enhanced_codecs hvc1,av01,vp09 \
    "rtmp://127.0.0.1:$port/live/cam" >"$tmp/played.json"
  wait "$server"
  "$here/frames.py" "$2" "$media/$1.framemd5" "$tmp/played.json"
}

# to_legacy FILE WANT: a player that announces nothing
to_legacy ()
{
  local server options
  listen gst-launch-1.0 --no-fault --quiet filesrc location="$media/$1.flv" ! \
    rtmpserversink sync=false wait-for-player=true location="rtmp://127.0.0.1:@PORT@/live/cam"
  server=$pid
  read -ra options < <("$here/frames.py" options)
  run 20 ffprobe "${options[@]}" "rtmp://127.0.0.1:$port/live/cam" >"$tmp/played.json"
  wait "$server"
  "$here/frames.py" shift "$2" "$tmp/played.json"
}

# first_track FILE: the tags of track 0 that are legacy, and the metadata
first_track ()
{
  python3 - "$media/$1.flv" "$tmp/first.flv" <<END
import sys
with open(sys.argv[1], "rb") as flv:
    data = flv.read()
out, at = data[:13], 13
while at < len(data):
    end = at + 15 + int.from_bytes(data[at + 1:at + 4], "big")
    enhanced = {9: data[at + 11] >> 7, 8: data[at + 11] >> 4 == 9}
    if not enhanced.get(data[at]):
        out += data[at:end]
    at = end
with open(sys.argv[2], "wb") as flv:
    flv.write(out)
END
}

with_vpx || exit 1
for name in hevc_aac hevc_hdr10 av1_opus avc_flac avc_eac3 avc_opus51 multitrack_avc2_aac2 \
  vp8 vp9 avc_aac avc_mp3 h263_speex screen2_adpcm; do
  try "enhanced/$name-through-ours" through "$name"
done
first_track multitrack_avc2_aac2
try enhanced/multitrack-to-legacy to_legacy multitrack_avc2_aac2 "$tmp/first.flv"
if [ -x "$ffmpeg71/ffprobe" ]; then
  while read -r name how; do
    try "enhanced/$name-to-ffmpeg-7.1" to_ffmpeg71 "$name" "$how"
  done <<END
avc_aac shift
avc_mp3 shift
hevc_aac shift
hevc_hdr10 shift
av1_opus video
vp9 video
avc_opus51 video
END
else
  skip enhanced/to-ffmpeg-7.1 "tests/setup installs it where npm and Node.js 20 are"
fi
exit "$failed"
