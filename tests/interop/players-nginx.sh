#!/bin/bash
# What our sink publishes to nginx-rtmp is read back from there by others, live
# from the first frame on, and from the recording.
. "$(dirname "$0")/lib.sh"
start_nginx || exit 1

# FFmpeg and rtmpdump need the status to know that a live stream has ended.
live=rtmp://127.0.0.1:$PORT/told

# Each plays $1 into $tmp/played.flv until it ends.
by_rtmpdump ()
{
  start 30 rtmpdump --quiet --live --rtmp "$1" --flv "$tmp/played.flv"
}

by_ffmpeg ()
{
  start 30 ffmpeg -v error -y -copyts -i "$1" -map 0 -c copy -flvflags no_duration_filesize "$tmp/played.flv"
}

by_rtmp2src ()
{
  with_system start 30 gst-launch-1.0 --no-fault --quiet \
    rtmp2src location="$1" ! filesink location="$tmp/played.flv"
}

# publish URL FILE SYNC
publish ()
{
  gst filesrc location="$media/$2.flv" ! "$SINK" sync="$3" location="$1"
}

# live PLAYER FILE SYNC HOW
live ()
{
  local name=$1-$2-$3 player
  "by_$1" "$live/$name"
  player=$pid
  until_true 10 grep -q "play: name='$name'" "$tmp/nginx.log"
  publish "$live/$name" "$2" "$3"
  wait "$player"
  "$here/frames.py" "$4" "$media/$2.flv" "$tmp/played.flv"
}

# from_recording PLAYER FILE HOW
from_recording ()
{
  publish "rtmp://127.0.0.1:$PORT/live/$1-$2" "$2" false
  until_true 10 recorded "$1-$2"
  "by_$1" "rtmp://127.0.0.1:$PORT/vod/$1-$2.flv"
  wait "$pid"
  "$here/frames.py" "$3" "$media/$2.flv" "$tmp/played.flv"
}

while read -r player how; do
  for name in avc_aac avc_mp3; do
    try "players-nginx/$player-$name-live" live "$player" "$name" true "$how"
    try "players-nginx/$player-$name-live-at-once" live "$player" "$name" false "$how"
    try "players-nginx/$player-$name-recorded" from_recording "$player" "$name" "$how"
  done
done <<END
rtmpdump equal
ffmpeg equal
rtmp2src but-last
END
exit "$failed"
