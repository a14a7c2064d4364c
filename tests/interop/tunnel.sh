#!/bin/bash
# Our client through RTMPT and RTMPTS, served by a script in front of nginx-rtmp:
# what it publishes is recorded frame by frame, what it plays is what was recorded.
# nginx knows no RTMPE: for RTMPTE our own server stands there.
. "$(dirname "$0")/lib.sh"
start_nginx || exit 1
tls=$top/tests/files/tls

# tunnel [HOW]: in front of nginx, or of what listens at $behind, at $port
tunnel ()
{
  listen "$here/tunnel.py" @PORT@ "${behind:-$PORT}" "$@" >"$tmp/tunnel"
}

# closed: the client said goodbye, when all had been read
closed ()
{
  until_true 10 grep -q '^closed' "$tmp/tunnel"
  [ "$(grep -c . "$tmp/tunnel")" = 1 ]
}

# publish SCHEME FILE NAME SYNC
publish ()
{
  gst filesrc location="$media/$2.flv" ! "$SINK" sync="$4" location="$1://127.0.0.1:$port/live/$3" \
    tls-ca-file="$tls/ca.pem"
  recording "$3" equal "$media/$2.flv"
  closed
}

# play SCHEME FILE
play ()
{
  gst "$SRC" location="$1://127.0.0.1:$port/vod/$2.flv" tls-ca-file="$tls/ca.pem" ! \
    filesink location="$tmp/played.flv"
  "$here/frames.py" equal "$media/$2.flv" "$tmp/played.flv"
}

# through NAME SCHEME HOW...
through ()
{
  tunnel "${@:3}"
  publish "$2" avc_aac "tunnel-$1" false
  stop "$pid"
  tunnel "${@:3}"
  play "$2" avc_aac
  stop "$pid"
}

encrypted_in ()
{
  local server behind
  listen gst-launch-1.0 --no-fault --quiet rtmpserversrc location=rtmp://127.0.0.1:@PORT@/live/x ! \
    filesink location="$tmp/taken.flv"
  server=$pid behind=$port
  tunnel
  gst filesrc location="$media/avc_aac.flv" ! "$SINK" location="rtmpte://127.0.0.1:$port/live/x"
  wait "$server"
  closed
  "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/taken.flv"
  stop "$pid"
}

encrypted_out ()
{
  local behind
  listen gst-launch-1.0 --no-fault --quiet filesrc location="$media/avc_aac.flv" ! \
    rtmpserversink wait-for-player=true location=rtmp://127.0.0.1:@PORT@/live/x
  behind=$port
  tunnel
  gst "$SRC" location="rtmpte://127.0.0.1:$port/live/x" ! filesink location="$tmp/played.flv"
  "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/played.flv"
  stop "$pid"
}

live ()
{
  tunnel
  publish rtmpt avc_aac tunnel-live true
  stop "$pid"
}

# A web server without RTMPT
web_server ()
{
  listen python3 -m http.server --bind 127.0.0.1 @PORT@ >"$tmp/web" 2>&1
  if gst filesrc location="$media/avc_aac.flv" ! "$SINK" location="rtmpt://127.0.0.1:$port/live/x" \
      >"$tmp/said" 2>&1; then
    return 1
  fi
  grep -q "does not speak RTMPT" "$tmp/said" && grep -q "501 Unsupported method" "$tmp/said"
}

try tunnel/rtmpt through rtmpt rtmpt
try tunnel/rtmpt-reconnecting through close rtmpt close
try tunnel/rtmpt-by-http-1.0 through old rtmpt old
try tunnel/rtmpts through rtmpts rtmpts "$tls/server.pem" "$tls/server.key"
try tunnel/rtmpte-to-ours encrypted_in
try tunnel/rtmpte-from-ours encrypted_out
try tunnel/rtmpt-live live
try tunnel/web-server web_server
exit "$failed"
