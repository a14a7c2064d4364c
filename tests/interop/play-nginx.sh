#!/bin/bash
# Our source plays from nginx-rtmp, recorded and live, what we and others publish
# there: the file has the very frames that were published, and ends by itself
# when the stream does.
. "$(dirname "$0")/lib.sh"
start_nginx || exit 1

on_demand ()
{
  gst "$SRC" location="rtmp://127.0.0.1:$PORT/vod/$1.flv" ! filesink location="$tmp/played.flv"
  "$here/frames.py" equal "$media/$1.flv" "$tmp/played.flv"
}

# Seeks to the middle, pauses for five seconds, and goes on to the end.
seeking ()
{
  # nginx seeks in files that have an index of their key frames.
  run 20 ffmpeg -v error -i "$media/$1.flv" -c copy -copyts -flvflags add_keyframe_index \
    "$tmp/recorded/$1-indexed.flv"
  length=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$tmp/recorded/$1-indexed.flv")
  run 30 "$builds/build-test/tests/tools/ondemand" "$SRC" \
    "rtmp://127.0.0.1:$PORT/vod/$1-indexed.flv" "$tmp/played.flv" "${length/./}" 5
  "$here/frames.py" seek "$media/$1.flv" "$tmp/played.flv"
}

by_our_sink ()
{
  gst filesrc location="$media/$1.flv" ! "$SINK" sync="$3" location="rtmp://127.0.0.1:$PORT/live/$2"
}

by_ffmpeg ()
{
  run 30 ffmpeg -v error -re -i "$media/$1.flv" -copyts -map 0 -c copy -f flv "rtmp://127.0.0.1:$PORT/live/$2"
}

# by_other ELEMENT FILE NAME: GStreamer's own take no file as it is; what enters
# them is kept.
by_other ()
{
  with_system gst filesrc location="$media/$2.flv" ! flvdemux name=d \
    flvmux streamable=true name=m d.video ! queue ! m.video d.audio ! queue ! m.audio \
    m. ! tee name=t ! queue ! filesink location="$tmp/sent.flv" \
    t. ! queue ! "$1" location="rtmp://127.0.0.1:$PORT/live/$3"
}

by_rtmp2sink ()
{
  by_other rtmp2sink "$@"
}

by_librtmp ()
{
  with_system comes_from rtmpsink "$system_plugin"
  by_other rtmpsink "$@"
}

# sent FILE PUBLISHER: what should arrive
sent ()
{
  case $2 in
    by_rtmp2sink | by_librtmp) echo "$tmp/sent.flv" ;;
    *) echo "$media/$1.flv" ;;
  esac
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
  "$here/frames.py" equal "$(sent "$file" "$1")" "$tmp/played.flv"
}

# published and recorded first, then played
from_recording ()
{
  "$3" "$1" "$2" "${@:4}"
  until_true 10 recorded "$2"
  gst "$SRC" location="rtmp://127.0.0.1:$PORT/vod/$2.flv" ! filesink location="$tmp/played.flv"
  "$here/frames.py" equal "$(sent "$1" "$3")" "$tmp/played.flv"
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
  "$here/frames.py" suffix "$(sent "$file" "$1")" "$tmp/played.flv"
}

for name in avc_aac avc_mp3 h263_speex screen2_adpcm; do
  try "play-nginx/$name-on-demand" on_demand "$name"
done
for name in avc_aac avc_mp3; do
  try "play-nginx/$name-seek-and-pause" seeking "$name"
done
try play-nginx/avc_aac-live-while-we-publish-at-once \
  from_the_start avc_aac at-once by_our_sink false
try play-nginx/avc_aac-live-while-we-publish \
  from_the_start avc_aac ours by_our_sink true
try play-nginx/h263_speex-live-while-we-publish \
  from_the_start h263_speex ours-h263 by_our_sink true
try play-nginx/avc_aac-live-joined-while-we-publish \
  joined avc_aac ours-joined by_our_sink true
for publisher in ffmpeg rtmp2sink librtmp; do
  for name in avc_aac avc_mp3; do
    try "play-nginx/$name-live-while-$publisher-publishes" \
      from_the_start "$name" "$publisher-$name" "by_$publisher"
    try "play-nginx/$name-recorded-from-$publisher" \
      from_recording "$name" "$publisher-$name-recorded" "by_$publisher"
  done
  try "play-nginx/avc_aac-live-joined-while-$publisher-publishes" \
    joined avc_aac "$publisher-joined" "by_$publisher"
done
exit "$failed"
