#!/bin/bash
# Our source plays from nginx-rtmp, recorded and live: the file has the very
# frames that were published, and ends by itself when the stream does.
. "$(dirname "$0")/lib.sh"
start_nginx || exit 1

on_demand ()
{
  gst "$SRC" location="rtmp://127.0.0.1:$PORT/vod/$1.flv" ! filesink location="$tmp/played.flv"
  "$here/frames.py" equal "$media/$1.flv" "$tmp/played.flv"
}

by_our_sink ()
{
  gst filesrc location="$media/$1.flv" ! "$SINK" sync="$3" location="rtmp://127.0.0.1:$PORT/live/$2"
}

by_ffmpeg ()
{
  run 30 ffmpeg -v error -re -i "$media/$1.flv" -copyts -map 0 -c copy -f flv "rtmp://127.0.0.1:$PORT/live/$2"
}

play ()
{
  start 30 gst-launch-1.0 --no-fault --quiet \
    "$SRC" location="rtmp://127.0.0.1:$PORT/live/$1" ! filesink location="$tmp/played.flv"
  player=$pid
  until_true 10 grep -q "play: name='$1'" "$tmp/nginx.log"
}

# from_the_start FILE NAME PUBLISHER...: the player is there first
from_the_start ()
{
  local file=$1 name=$2
  shift 2
  play "$name"
  "$1" "$file" "$name" "${@:2}"
  wait "$player"
  "$here/frames.py" equal "$media/$file.flv" "$tmp/played.flv"
}

# a third of the file is there, or its publisher has given up
third_recorded ()
{
  [ "$(stat -c %s "$tmp/recorded/$1.flv" 2>/dev/null || echo 0)" -gt 40000 ]
}

# joined FILE NAME PUBLISHER...: the player comes in the middle
joined ()
{
  local file=$1 name=$2 publisher
  shift 2
  "$1" "$file" "$name" "${@:2}" &
  publisher=$!
  until_true 10 third_recorded "$name"
  play "$name"
  wait "$publisher"
  wait "$player"
  "$here/frames.py" suffix "$media/$file.flv" "$tmp/played.flv"
}

for name in avc_aac avc_mp3 h263_speex screen2_adpcm; do
  try "play-nginx/$name-on-demand" on_demand "$name"
done
try play-nginx/avc_aac-live-while-we-publish-at-once \
  from_the_start avc_aac at-once by_our_sink false
try play-nginx/avc_aac-live-while-we-publish \
  from_the_start avc_aac ours by_our_sink true
try play-nginx/h263_speex-live-while-we-publish \
  from_the_start h263_speex ours-h263 by_our_sink true
try play-nginx/avc_aac-live-joined-while-we-publish \
  joined avc_aac ours-joined by_our_sink true
try play-nginx/avc_aac-live-while-ffmpeg-publishes \
  from_the_start avc_aac ffmpeg by_ffmpeg
try play-nginx/avc_aac-live-joined-while-ffmpeg-publishes \
  joined avc_aac ffmpeg-joined by_ffmpeg
exit "$failed"
