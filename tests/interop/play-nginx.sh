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

# in_two_parts FILE: the first half of the first of two groups of pictures; the rest when two players are there
in_two_parts ()
{
  head -c "$part" "$1"
  until_true 20 two_play
  tail -c +$((part + 1)) "$1"
}

two_play ()
{
  [ "$(grep -c "play: name='groups'" "$tmp/nginx.log")" = 2 ]
}

part_recorded ()
{
  [ "$(stat -c %s "$tmp/recorded/groups.flv" 2>/dev/null || echo 0)" -gt $((part / 2)) ]
}

# Until the next key frame, 0.8 s later, nginx sends sound only.
until_key ()
{
  local part by_name by_decodebin
  gst videotestsrc num-buffers=80 ! video/x-raw,format=I420,width=160,height=90,framerate=25/1 ! \
    x264enc tune=zerolatency key-int-max=40 ! m. \
    audiotestsrc num-buffers=138 ! audio/x-raw,rate=44100,channels=2 ! voaacenc ! aacparse ! m. \
    rtmpmux name=m ! filesink location="$tmp/groups.flv"
  part=$(($(stat -c %s "$tmp/groups.flv") / 4))
  start 30 gst-launch-1.0 --no-fault --quiet fdsrc fd=9 ! "$SINK" sync=false \
    location="rtmp://127.0.0.1:$PORT/live/groups" 9< <(in_two_parts "$tmp/groups.flv")
  until_true 10 part_recorded
  start 30 gst-launch-1.0 --no-fault --quiet "$SRC" name=s location="rtmp://127.0.0.1:$PORT/live/groups" \
    s.video_0 ! queue ! m.video_0 s.audio_0 ! queue ! m.audio_0 rtmpmux name=m streamable=true ! filesink location="$tmp/named.flv"
  by_name=$pid
  start 30 gst-launch-1.0 --no-fault --quiet "$SRC" location="rtmp://127.0.0.1:$PORT/live/groups" ! decodebin name=d \
    d. ! queue ! videoconvert ! video/x-raw,format=I420 ! filesink location="$tmp/pictures" \
    d. ! queue ! audioconvert ! audio/x-raw,format=S16LE ! filesink location="$tmp/sound"
  by_decodebin=$pid
  wait "$by_name"
  wait "$by_decodebin"
}

by_name ()
{
  "$here/frames.py" part "$tmp/groups.flv" "$tmp/named.flv" | tee "$tmp/part"
  grep -q 'video0: 40 frames, from frame 40 of 80' "$tmp/part"
}

by_decodebin ()
{
  [ "$(stat -c %s "$tmp/pictures")" -eq $((40 * 160 * 90 * 3 / 2)) ]
  # More than comes with the pictures.
  [ "$(stat -c %s "$tmp/sound")" -gt $((2 * 44100 * 4)) ]
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
try play-nginx/tracks-joined-in-mid-group until_key
try play-nginx/tracks-joined-in-mid-group-by-name by_name
try play-nginx/tracks-joined-in-mid-group-decodebin by_decodebin
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
