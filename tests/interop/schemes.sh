#!/bin/bash
# Ours to ours by every scheme, at one port that takes them all: what is published is taken
# in, what is served is played, by MD5 of each coded frame. And a port that takes one only.
. "$(dirname "$0")/lib.sh"
tls=$top/tests/files/tls
with=(tls-certificate-file="$tls/server.pem" tls-key-file="$tls/server.key")
ca=tls-ca-file=$tls/ca.pem

# publish SCHEME
publish ()
{
  local server
  listen gst-launch-1.0 --no-fault --quiet rtmpserversrc "${with[@]}" \
    location="rtmp://127.0.0.1:@PORT@/live/cam" ! filesink location="$tmp/taken.flv"
  server=$pid
  gst filesrc location="$media/avc_aac.flv" ! "$SINK" sync=false location="$1://127.0.0.1:$port/live/cam" "$ca" || return
  wait "$server"
  "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/taken.flv"
}

# play SCHEME
play ()
{
  local server
  listen gst-launch-1.0 --no-fault --quiet filesrc location="$media/avc_aac.flv" ! \
    rtmpserversink wait-for-player=true sync=false "${with[@]}" location="rtmp://127.0.0.1:@PORT@/live/cam"
  server=$pid
  gst "$SRC" location="$1://127.0.0.1:$port/live/cam" "$ca" ! filesink location="$tmp/played.flv" || return
  wait "$server"
  "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/played.flv"
}

# only SCHEME: is what the port takes, and of others none
only ()
{
  local other
  listen gst-launch-1.0 --no-fault --quiet rtmpserversrc "${with[@]}" schemes="$1" keep-listening=true \
    location="rtmp://127.0.0.1:@PORT@/live/cam" ! fakesink
  for other in $schemes; do
    if gst filesrc location="$media/avc_aac.flv" ! "$SINK" sync=false location="$other://127.0.0.1:$port/live/cam" "$ca" \
        >"$tmp/said" 2>&1; then
      [ "$other" = "$1" ] || { echo "$other was taken"; return 1; }
    else
      [ "$other" != "$1" ] && grep -q ^ERROR "$tmp/said" || { cat "$tmp/said"; return 1; }
    fi
  done
  stop "$pid"
}

schemes='rtmp rtmps rtmpe rtmpt rtmpts rtmpte'
for scheme in $schemes; do
  try "schemes/$scheme-published" publish "$scheme"
  try "schemes/$scheme-played" play "$scheme"
  try "schemes/$scheme-only" only "$scheme"
done
exit "$failed"
