#!/bin/bash
# Our source and librtmp's own client, rtmpdump, ask rtmpsrv for the same
# location, librtmp's name=value tail included. rtmpsrv prints the rtmpdump
# command that equals what it was asked; both must get the same. Then our
# elements through rtmpsuck, which takes streams apart and builds them anew.
#
# Both listen on port 1935 only, so all of it runs in a network of its own.
if [ -z "${OWN_NETWORK:-}" ]; then
  as_root=$([ "$(id -u)" = 0 ] || echo --map-root-user)
  # shellcheck disable=SC2086
  unshare --net $as_root true 2>/dev/null ||
      { echo "skip - librtmp: no network of its own"; exit; }
  # shellcheck disable=SC2086
  OWN_NETWORK=1 exec unshare --net $as_root "$0" "$@"
fi
ip link set lo up
. "$(dirname "$0")/lib.sh"

# Both read commands from their input, and spin when it ends. A PATH that leads
# nowhere keeps rtmpsrv from running what it prints.
mkfifo "$tmp/stdin"
serve ()
{
  # rtmpsuck leaves files where it is.
  start 60 bash -c 'cd "$1" && PATH=/nonexistent exec "$0" -z <>stdin >"$2" 2>&1' \
    "$1" "$tmp" "$2"
  server=$pid
  until_true 10 listening 1935
}

# what CLIENT COMMAND...: what rtmpsrv was asked for, into $tmp/CLIENT: its
# rtmpdump command, then the calls with their arguments, but for transactions.
# Theirs does not always send a player's version, asks for no length, and says 0
# where ours says "live, or recorded from 0".
what ()
{
  local client=$1
  shift
  serve /usr/sbin/rtmpsrv "$tmp/asked"
  run 10 "$@" || true
  until_true 10 grep -aq 'Closing connection' "$tmp/asked" || return 1
  stop "$server"
  grep -a '^rtmpdump' "$tmp/asked" | sed 's/ -f "LNX 10,0,32,18"//' >"$tmp/$client"
  grep -av '^DEBUG2' "$tmp/asked" | awk '
    BEGIN { RS = "DEBUG: ServePacket, received: invoke" }
    NR > 1 && !/STRING:\t(connect|createStream)>/ {
      line = ""; n = split ($0, lines, "\n")
      for (i = 1; i <= n; i++)
        if (match (lines[i], /[A-Z]+:\t/)) {
          value = substr (lines[i], RSTART + RLENGTH)
          sub (/>$/, "", value)
          if (++seen[NR] != 2) line = line " " value
        }
      if (line !~ /^ getStreamLength /) print line
    }' | sed 's/^\( play .*\) -2\.00/\1 0.00/; s/^\( play .*\) -1000\.00/\1 -1.00/' |
      sort >>"$tmp/$client"
}

# asks TAIL: of rtmp://127.0.0.1/
asks ()
{
  what librtmp rtmpdump -q -o /dev/null -i "rtmp://127.0.0.1/$1"
  # gst-launch has its own use for backslashes
  what ours gst-launch-1.0 -q "$SRC" location="rtmp://127.0.0.1/${1//\\/\\\\}" ! fakesink
  cat "$tmp/librtmp"
  grep -q ^rtmpdump "$tmp/librtmp" && diff "$tmp/librtmp" "$tmp/ours"
}

while read -r name tail; do
  [ -z "$name" ] || try "librtmp/$name" asks "$tail"
done <<'END'
plain               app/stream
instance            app/instance/stream
query               app/stream?key=a&b=c
live                app/stream live=1
live-yes            app/stream live=yes
live-on             app/stream live=on
live-no             app/stream live=0
urls                app/stream swfUrl=http://h/p.swf pageUrl=http://h/page
tcurl-app-playpath  app/stream tcUrl=rtmp://h/x app=x/y playpath=mp4:film.mp4
empty               app/stream subscribe=
no-stream           app/ playpath=x
flashver-escaped    app/stream flashver=WIN\2011,1,102,55
names-in-any-case   app/stream SWFURL=http://h/p.swf FlashVer=x
conn-values         app/stream conn=B:1 conn=B:0 conn=S:x conn=N:3 conn=N:-1.5 conn=Z:
conn-escaped        app/stream conn=S:a\20b\5cc
conn-object         app/stream conn=O:1 conn=NN:code:1.23 conn=NS:flag:ok conn=NB:b:1 conn=O:0
conn-objects        app/stream conn=O:1 conn=NO:in:1 conn=NN:k:1.2 conn=O:0 conn=O:0 conn=B:1
start               app/stream start=5000
start-stop          app/stream start=5000 stop=9000
stop                app/stream stop=9000
subscribe           app/stream subscribe=other
subscribe-live      app/stream subscribe=other live=1
token-not-asked-for app/stream token=secret
playlist            app/stream playlist=1
buffer-timeout      app/stream buffer=1000 timeout=9
prefixed            app/mp4:film
END

# --- media through rtmpsuck, and digests that others verify

eval "$(declare -f nginx_config | sed 's/nginx.log info/nginx.log debug/')"
start_nginx || exit 1

# sucked HOW: rtmpsuck goes on to the host and port of tcUrl
sucked ()
{
  serve /usr/sbin/rtmpsuck "$tmp/asked"
  gst "$SRC" handshake="$1" \
    location="rtmp://127.0.0.1/vod/avc_aac.flv tcUrl=rtmp://127.0.0.1:$PORT/vod" ! \
    filesink location="$tmp/played.flv"
}

played ()
{
  "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/played.flv"
}

through_rtmpsuck ()
{
  sucked simple
  played
}

digest_to_rtmpsuck ()
{
  sucked digest
  grep -aq 'Genuine Adobe Flash Player' "$tmp/asked"
  played
}

digest_to_nginx ()
{
  gst "$SRC" location="rtmp://127.0.0.1:$PORT/vod/avc_aac.flv" handshake=digest ! \
    filesink location="$tmp/played.flv"
  played
  grep -c 'handshake: digest found' "$tmp/nginx.log"
}

try librtmp/played-through-rtmpsuck through_rtmpsuck
try librtmp/digest-handshake-verified-by-rtmpsuck digest_to_rtmpsuck
try librtmp/digest-handshake-verified-by-nginx digest_to_nginx
exit "$failed"
