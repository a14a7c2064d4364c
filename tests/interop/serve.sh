#!/bin/bash
# Our servers, and what others make of them: rtmpserversrc takes in what they
# publish, rtmpserversink serves them as players.
. "$(dirname "$0")/lib.sh"
for element in rtmpserversrc rtmpserversink; do
  comes_from "$element" "$PLUGIN" || exit 1
done

# --- publishers

by_ffmpeg ()
{
  run 20 ffmpeg -v error -re -i "$media/$1.flv" -copyts -map 0 -c copy -f flv "$2"
}

by_ours ()
{
  gst filesrc location="$media/$1.flv" ! rtmpsink location="$2"
}

# Those that GStreamer ships take no file as it is; what enters them is kept.
by_other ()
{
  with_system gst filesrc location="$media/$2.flv" ! flvdemux name=d \
    flvmux streamable=true name=m d.video ! queue ! m.video d.audio ! queue ! m.audio \
    m. ! tee name=t ! queue ! filesink location="$tmp/sent.flv" \
    t. ! queue ! "$1" location="$3"
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

# take_in PUBLISHER FILE
take_in ()
{
  local server want=$media/$2.flv
  rm -f "$tmp/sent.flv"
  listen gst-launch-1.0 --no-fault --quiet \
    rtmpserversrc location="rtmp://127.0.0.1:@PORT@/live/cam" ! filesink location="$tmp/taken.flv"
  server=$pid
  "by_$1" "$2" "rtmp://127.0.0.1:$port/live/cam"
  wait "$server"
  [ ! -f "$tmp/sent.flv" ] || want=$tmp/sent.flv
  "$here/frames.py" equal "$want" "$tmp/taken.flv"
}

# --- players

to_ffmpeg ()
{
  run 20 ffmpeg -v error -y -copyts -i "$1" -map 0 -c copy -flvflags no_duration_filesize "$tmp/played.flv"
}

# It takes a live stream's end for an interruption, and says so by a 2.
to_rtmpdump ()
{
  run 20 rtmpdump --quiet --live --rtmp "$1" --flv "$tmp/played.flv" || [ $? = 2 ]
}

# It writes down what it demuxed, while it shows it.
to_mpv ()
{
  run 20 mpv --no-config --no-terminal --vo=null --ao=null --stream-record="$tmp/played.flv" "$1"
}

to_ours ()
{
  gst rtmpsrc location="$1" ! filesink location="$tmp/played.flv"
}

to_rtmp2src ()
{
  with_system gst rtmp2src location="$1" ! filesink location="$tmp/played.flv"
}

# It connects once more after the end, which may fail.
to_librtmp ()
{
  with_system comes_from rtmpsrc "$system_plugin"
  with_system gst rtmpsrc location="$1 live=1" ! filesink location="$tmp/played.flv" >&2 || true
}

# serve PLAYER FILE HOW SYNC
serve ()
{
  local server
  listen gst-launch-1.0 --no-fault --quiet filesrc location="$media/$2.flv" ! \
    rtmpserversink sync="$4" wait-for-player=true location="rtmp://127.0.0.1:@PORT@/live/cam"
  server=$pid
  "to_$1" "rtmp://127.0.0.1:$port/live/cam"
  wait "$server"
  "$here/frames.py" "$3" "$media/$2.flv" "$tmp/played.flv"
}

# --- both at once

relay ()
{
  local url=rtmp://127.0.0.1:@PORT@/live/cam server players=() i
  listen gst-launch-1.0 --no-fault --quiet rtmpserversrc location="$url" ! queue ! \
    rtmpserversink sync=false location="$url"
  server=$pid
  url=${url//@PORT@/$port}
  for i in 1 2 3 4; do
    start 30 gst-launch-1.0 --no-fault --quiet rtmpsrc location="$url" ! \
      filesink location="$tmp/played$i.flv"
    players+=("$pid")
  done
  until_true 10 players_are 4
  by_ffmpeg avc_aac "$url"
  wait "$server" "${players[@]}"
  for i in 1 2 3 4; do
    "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/played$i.flv"
  done
}

# players_are N: so many connections to $port
players_are ()
{
  [ "$(grep -ci ":$(printf '%04X' "$port") [0-9A-F:]* 01 " /proc/net/tcp)" -ge "$1" ]
}

# nginx hands on to us what is published to it
pushed ()
{
  local server
  listen gst-launch-1.0 --no-fault --quiet \
    rtmpserversrc location="rtmp://127.0.0.1:@PORT@/live/cam" ! filesink location="$tmp/taken.flv"
  server=$pid
  nginx_applications="application out { live on; push rtmp://127.0.0.1:$port/live/cam; }"
  start_nginx 60
  by_ffmpeg avc_aac "rtmp://127.0.0.1:$PORT/out/cam"
  wait "$server"
  "$here/frames.py" suffix "$media/avc_aac.flv" "$tmp/taken.flv"
}

# nginx plays from us when somebody plays from it
pulled ()
{
  local server
  listen gst-launch-1.0 --no-fault --quiet filesrc location="$media/avc_aac.flv" ! \
    rtmpserversink wait-for-player=true location="rtmp://127.0.0.1:@PORT@/live/cam"
  server=$pid
  nginx_applications="application in { live on; publish_notify on; pull rtmp://127.0.0.1:$port/live/cam name=cam; }"
  start_nginx 60
  to_rtmpdump "rtmp://127.0.0.1:$PORT/in/cam"
  wait "$server"
  "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/played.flv"
}

# FFmpeg trusts our issuer, or does not
encrypted ()
{
  listen gst-launch-1.0 --no-fault --quiet rtmpserversrc location="rtmps://127.0.0.1:@PORT@/live/cam" \
    tls-certificate-file="$tls/server.pem" tls-key-file="$tls/server.key" ! \
    filesink location="$tmp/taken.flv"
  local server=$pid
  ! run 20 ffmpeg -v error -i "$media/avc_aac.flv" -c copy -tls_verify 1 -verifyhost rtmp.test \
    -ca_file "$tls/other-ca.pem" \
    -f flv "rtmps://127.0.0.1:$port/live/cam" 2>/dev/null
  run 20 ffmpeg -v error -i "$media/avc_aac.flv" -copyts -map 0 -c copy -tls_verify 1 -verifyhost rtmp.test \
    -ca_file "$tls/ca.pem" -f flv "rtmps://127.0.0.1:$port/live/cam"
  wait "$server"
  "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/taken.flv"
}

tls=$top/tests/files/tls
for publisher in ffmpeg ours rtmp2sink librtmp; do
  try "serve/from-$publisher" take_in "$publisher" avc_aac
done
try serve/from-ours-mp3 take_in ours avc_mp3
try serve/from-ours-speex take_in ours h263_speex
while read -r player how; do
  # librtmp may take a stream that ends before it looks for none at all.
  [ "$player" = librtmp ] || try "serve/to-$player" serve "$player" avc_aac "$how" false
  try "serve/to-$player-in-real-time" serve "$player" avc_aac "$how" true
done <<END
ffmpeg equal
mpv equal
ours equal
rtmpdump equal
rtmp2src but-last
librtmp but-last
END
try serve/relay relay
try serve/nginx-pushes pushed
try serve/nginx-pulls pulled
try serve/encrypted encrypted
exit "$failed"
