#!/bin/bash
# RTMPT and RTMPTS at a port of ours that takes all schemes: what others publish is
# taken in, what they play is served, by MD5 of each coded frame.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/peers.sh"
tls=$top/tests/files/tls
with=(tls-certificate-file="$tls/server.pem" tls-key-file="$tls/server.key")

# FFmpeg keeps what it has collected for a request to itself when it ends, unless
# each message is one.
by_ffmpeg ()
{
  run 25 ffmpeg -v error -re -i "$media/$1.flv" -copyts -map 0 -c copy -rtmp_flush_interval 1 -f flv "$2"
}

# take_in SCHEME PUBLISHER
take_in ()
{
  local server want=$media/avc_aac.flv
  rm -f "$tmp/sent.flv"
  listen gst-launch-1.0 --no-fault --quiet rtmpserversrc "${with[@]}" \
    location="rtmp://127.0.0.1:@PORT@/live/cam" ! filesink location="$tmp/taken.flv"
  server=$pid
  "by_$2" avc_aac "$1://127.0.0.1:$port/live/cam"
  wait "$server"
  [ ! -f "$tmp/sent.flv" ] || want=$tmp/sent.flv
  "$here/frames.py" equal "$want" "$tmp/taken.flv"
}

# serve SCHEME PLAYER HOW
serve ()
{
  local server
  listen gst-launch-1.0 --no-fault --quiet filesrc location="$media/avc_aac.flv" ! \
    rtmpserversink wait-for-player=true "${with[@]}" location="rtmp://127.0.0.1:@PORT@/live/cam"
  server=$pid
  "to_$2" "$1://127.0.0.1:$port/live/cam"
  wait "$server"
  "$here/frames.py" "$3" "$media/avc_aac.flv" "$tmp/played.flv"
}

# status METHOD PATH [ARGUMENT...]: of the reply
status ()
{
  curl --silent --max-time 5 --output /dev/null --write-out '%{http_code}' --request "$1" "${@:3}" \
    "http://127.0.0.1:$port$2"
}

# What is HTTP, and no RTMPT
http ()
{
  listen gst-launch-1.0 --no-fault --quiet rtmpserversrc location="rtmp://127.0.0.1:@PORT@/live/cam" ! fakesink
  [ "$(status GET /)" = 404 ]
  [ "$(status POST /fcs/ident2 --data x)" = 404 ]
  [ "$(status GET /open/1)" = 405 ]
  [ "$(status POST /send/x --data x)" = 400 ]
  [ "$(status POST /idle/0123456789abcdef/0 --data x)" = 404 ]
  [ "$(status POST /open/1 --data x)" = 200 ]
  [ "$(head -c 200000 /dev/zero | status POST /open/1 --data-binary @-)" = 413 ]
  stop "$pid"
}

for scheme in rtmpt rtmpts; do
  try "$scheme/from-ffmpeg" take_in $scheme ffmpeg
  try "$scheme/from-librtmp" take_in $scheme librtmp
  try "$scheme/to-ffmpeg" serve $scheme ffmpeg equal
  try "$scheme/to-rtmpdump" serve $scheme rtmpdump equal
  try "$scheme/to-librtmp" serve $scheme librtmp but-last
done
try rtmpt/http http
exit "$failed"
