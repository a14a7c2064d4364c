#!/bin/bash
# RTMPT, RTMPTS and RTMPTE at a port of ours that takes all schemes: what others publish is
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

# Our pipeline has ended when its stream has, and librtmp still says goodbye, by
# which SIGPIPE may kill it.
by_librtmp ()
{
  with_system comes_from rtmpsink "$system_plugin"
  by_other rtmpsink "$@" || [ $? = 141 ]
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

# asks METHOD PATH BYTES STATUS: and is answered so
asks ()
{
  run 5 python3 - "$port" "$@" <<'END'
import http.client
import sys
port, method, path, size, status = sys.argv[1:]
client = http.client.HTTPConnection ("127.0.0.1", int (port), timeout=4)
client.request (method, path, b"x" * int (size))
got = client.getresponse ().status
if got != int (status):
    sys.exit (f"{method} {path}: {got}, not {status}")
END
}

# What is HTTP, and no RTMPT
http ()
{
  listen gst-launch-1.0 --no-fault --quiet rtmpserversrc location="rtmp://127.0.0.1:@PORT@/live/cam" ! fakesink
  asks GET / 0 404
  asks POST /fcs/ident2 1 404
  asks GET /open/1 0 405
  asks POST /send/x 1 400
  asks POST /idle/0123456789abcdef/0 1 404
  asks POST /open/1 1 200
  asks POST /open/1 200000 413
  stop "$pid"
}

for scheme in rtmpt rtmpts; do
  try "$scheme/from-ffmpeg" take_in $scheme ffmpeg
  try "$scheme/from-librtmp" take_in $scheme librtmp
  try "$scheme/to-ffmpeg" serve $scheme ffmpeg equal
  try "$scheme/to-rtmpdump" serve $scheme rtmpdump equal
  try "$scheme/to-librtmp" serve $scheme librtmp but-last
done
# RTMPE inside, which FFmpeg does not play here
try rtmpte/from-librtmp take_in rtmpte librtmp
try rtmpte/to-rtmpdump serve rtmpte rtmpdump equal
try rtmpte/to-librtmp serve rtmpte librtmp but-last
try rtmpt/http http
exit "$failed"
