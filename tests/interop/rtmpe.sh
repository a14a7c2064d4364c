#!/bin/bash
# RTMPE in both directions and both roles, by librtmp's implementation and ours:
# the very frames arrive. rtmpsuck, which decrypts what comes and encrypts it
# again, is a server to us and a client at once.
#
# rtmpsrv and rtmpsuck listen on port 1935 only, so all of it runs in a network
# of its own.
if [ -z "${OWN_NETWORK:-}" ]; then
  as_root=$([ "$(id -u)" = 0 ] || echo --map-root-user)
  # shellcheck disable=SC2086
  unshare --net $as_root true 2>/dev/null ||
      { echo "skip - rtmpe: no network of its own"; exit; }
  # shellcheck disable=SC2086
  OWN_NETWORK=1 exec unshare --net $as_root "$0" "$@"
fi
ip link set lo up
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/peers.sh"

# Both read commands from their input, and spin when it ends. A PATH that leads
# nowhere keeps rtmpsrv from running what it prints.
mkfifo "$tmp/stdin"
serve_old ()
{
  # rtmpsuck leaves files where it is.
  start 60 bash -c 'cd "$1" && LD_PRELOAD=${PRELOAD-} PATH=/nonexistent exec "$0" -z <>stdin >"$2" 2>&1' \
    "/usr/sbin/$1" "$tmp" "$tmp/$1"
  until_true 10 listening 1935
}

# logging FILE COMMAND...
logging ()
{
  GST_DEBUG=rtmp:5 GST_DEBUG_FILE="$tmp/$1" "${@:2}"
}

# encrypted FILE...: what each of these said of its handshake
encrypted ()
{
  local log
  for log; do
    grep 'handshake: RTMPE, type 8$' "$tmp/$log" || { tail "$tmp/$log"; return 1; }
  done
}

# serve FILE: ours, for one player; $server, $port
serve ()
{
  logging served listen gst-launch-1.0 --no-fault --quiet filesrc location="$media/$1.flv" ! \
    rtmpserversink wait-for-player=true location="rtmp://127.0.0.1:@PORT@/live/cam"
  server=$pid
}

# play PLAYER FILE HOW
play ()
{
  serve "$2"
  "to_$1" "rtmpe://127.0.0.1:$port/live/cam"
  wait "$server"
  encrypted served
  "$here/frames.py" "$3" "$media/$2.flv" "$tmp/played.flv"
}

# publish PUBLISHER FILE
publish ()
{
  local want=$media/$2.flv
  rm -f "$tmp/sent.flv"
  logging taken listen gst-launch-1.0 --no-fault --quiet \
    rtmpserversrc location="rtmp://127.0.0.1:@PORT@/live/cam" ! filesink location="$tmp/taken.flv"
  server=$pid
  "by_$1" "$2" "rtmpe://127.0.0.1:$port/live/cam"
  wait "$server"
  encrypted taken
  [ ! -f "$tmp/sent.flv" ] || want=$tmp/sent.flv
  "$here/frames.py" equal "$want" "$tmp/taken.flv"
}

# rtmpsrv checks our C2, and then it has but calls to offer.
to_rtmpsrv ()
{
  serve_old rtmpsrv
  server=$pid
  logging called run 10 gst-launch-1.0 -q rtmpsrc location=rtmpe://127.0.0.1/app/stream ! fakesink || true
  until_true 10 grep -aq 'Closing connection' "$tmp/rtmpsrv"
  stop "$server"
  encrypted called
  grep -a 'Genuine Adobe Flash Player' "$tmp/rtmpsrv"
  grep -a '^rtmpdump -r "rtmpe://127.0.0.1/app" .* -y "stream"' "$tmp/rtmpsrv"
}

# through PLAYER: plays from rtmpsuck, which goes on to the host and port of tcUrl
through ()
{
  serve avc_aac
  serve_old rtmpsuck
  "to_$1_through" "rtmpe://127.0.0.1:$port/live"
  wait "$server"
  encrypted served
  "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/played.flv"
}

to_ours_through ()
{
  logging called gst rtmpsrc location="rtmpe://127.0.0.1/live/cam tcUrl=$1" ! \
    filesink location="$tmp/played.flv"
  encrypted called
}

to_rtmpdump_through ()
{
  run 20 rtmpdump -q -r rtmpe://127.0.0.1/live/cam -a live -y cam -t "$1" -o "$tmp/played.flv" || [ $? = 2 ]
}

# publish_through FILE: into rtmpsuck, which frees a part of what any publisher says of
# itself, librtmp's too, and ends. Here it frees nothing.
publish_through ()
{
  ${CC:-cc} -shared -fPIC -x c -o "$tmp/keep.so" - <<<'void free (void *block) { (void) block; }'
  rm -f "$tmp/taken.flv"
  logging taken listen gst-launch-1.0 --no-fault --quiet \
    rtmpserversrc location="rtmp://127.0.0.1:@PORT@/live/cam" ! filesink location="$tmp/taken.flv"
  server=$pid
  PRELOAD=./keep.so serve_old rtmpsuck
  logging called gst filesrc location="$media/$1.flv" ! \
    rtmpsink location="rtmpe://127.0.0.1/live/cam tcUrl=rtmpe://127.0.0.1:$port/live"
  wait "$server"
  encrypted called taken
  "$here/frames.py" equal "$media/$1.flv" "$tmp/taken.flv"
}

try rtmpe/publish-ours publish ours avc_aac
try rtmpe/publish-librtmp publish librtmp avc_aac
try rtmpe/play-ours play ours avc_aac equal
try rtmpe/play-ours-h263 play ours h263_speex equal
try rtmpe/play-rtmpdump play rtmpdump avc_aac equal
try rtmpe/play-librtmp play librtmp avc_aac but-last
try rtmpe/to-rtmpsrv to_rtmpsrv
try rtmpe/ours-through-rtmpsuck through ours
try rtmpe/rtmpdump-through-rtmpsuck through rtmpdump
try rtmpe/ours-through-rtmpsuck-publishing publish_through avc_aac
exit "$failed"
