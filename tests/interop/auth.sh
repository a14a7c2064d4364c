#!/bin/bash
# One scripted server asks for credentials; ours and other clients answer the
# same challenge, and are let in with the right password only.
. "$(dirname "$0")/lib.sh"

# asked MODE WANT CLIENT...: what the server saw of the client, in a line
asked ()
{
  local mode=$1 want=$2
  shift 2
  start 30 "$here/gatekeeper.py" "$mode" joe secret >"$tmp/gate"
  until_true 10 test -s "$tmp/gate"
  PORT=$(head -1 "$tmp/gate")
  "$@" || true
  # A client that was let in goes on after the server has written it down.
  [ "$(tail -n +2 "$tmp/gate" | paste -sd ' ')" = "$want" ] ||
      { echo "want: $want"; echo "got:"; cat "$tmp/gate"; return 1; }
}

# to_sink ELEMENT PROPERTY...
to_sink ()
{
  gst filesrc location="$media/avc_aac.flv" ! "$@"
}

# ours AUTHMOD PASSWORD
ours ()
{
  to_sink "$SINK" location="rtmp://127.0.0.1:$PORT/live/key" \
    authmod="$1" username=joe password="$2"
}

rtmp2 ()
{
  # It wants a tag a buffer.
  to_sink flvdemux name=demux ! queue ! flvmux streamable=true ! \
    rtmp2sink location="rtmp://127.0.0.1:$PORT/live/key" authmod="$1" username=joe password="$2"
}

ours_by_options ()
{
  to_sink "$SINK" location="rtmp://127.0.0.1:$PORT/live/key pubUser=joe pubPasswd=$1"
}

# the system's rtmpsink
librtmp ()
{
  GST_PLUGIN_PATH='' GST_REGISTRY=$tmp/system.bin \
    to_sink rtmpsink location="rtmp://127.0.0.1:$PORT/live/key pubUser=joe pubPasswd=$1"
}

ffmpeg_user ()
{
  run 20 ffmpeg -v error -i "$media/avc_aac.flv" -c copy -f flv "rtmp://joe:$1@127.0.0.1:$PORT/live/key"
}

token ()
{
  gst "$SRC" location="rtmp://127.0.0.1:$PORT/live/key token=$1" ! fakesink
}

token_property ()
{
  gst "$SRC" location="rtmp://127.0.0.1:$PORT/live/key" secure-token="$1" ! fakesink
}

librtmp_token ()
{
  run 10 rtmpdump -q -o /dev/null -r "rtmp://127.0.0.1:$PORT/live/key" -T "$1"
}

for mode in adobe llnw; do
  try "auth/$mode-when-asked" asked $mode 'nothing user right' ours auto secret
  try "auth/$mode-from-the-start" asked $mode 'user right' ours $mode secret
  try "auth/$mode-wrong-password" asked $mode 'nothing user wrong' ours auto bad
  try "auth/$mode-by-librtmps-options" asked $mode 'nothing user right' ours_by_options secret
  try "auth/$mode-ffmpeg-wrong-password" asked $mode 'nothing user wrong' ffmpeg_user bad
  try "auth/$mode-ffmpeg" asked $mode 'nothing user right' ffmpeg_user secret
done
# Debian's librtmp writes past its memory when it answers adobe.
try auth/llnw-librtmp asked llnw 'nothing user right' librtmp secret
try auth/llnw-librtmp-wrong-password asked llnw 'nothing user wrong' librtmp bad
try auth/adobe-rtmp2sink asked adobe 'user right' rtmp2 adobe secret
try auth/adobe-rtmp2sink-wrong-password asked adobe 'user wrong' rtmp2 adobe bad
for client in token token_property librtmp_token; do
  try "auth/secure-token-${client//_/-}" asked token right "$client" secret
done
exit "$failed"
