#!/bin/bash
# Our sink publishes to "ffmpeg -listen 1", which copies what comes to a file.
. "$(dirname "$0")/lib.sh"

# receive FILE: an FFmpeg that listens on $port and writes $tmp/received.flv
receive ()
{
  for _ in 1 2 3; do
    port=$(free_port)
    start 30 ffmpeg -v error -y -copyts -listen 1 -i "rtmp://127.0.0.1:$port/live/x" \
      -map 0 -c copy -flvflags no_duration_filesize "$tmp/received.flv"
    until_true 5 listening "$port" && return
    stop "$pid"
  done
  return 1
}

publish ()
{
  local receiver
  receive
  receiver=$pid
  gst filesrc location="$media/$1.flv" ! "$SINK" sync="$2" \
    location="rtmp://127.0.0.1:$port/live/x"
  wait "$receiver"
  "$here/frames.py" equal "$media/$1.flv" "$tmp/received.flv"
}

for name in avc_aac avc_mp3 h263_speex screen2_adpcm; do
  try "publish-ffmpeg/$name-as-it-is" publish "$name" false
done
try publish-ffmpeg/avc_aac-in-real-time publish avc_aac true
exit "$failed"
