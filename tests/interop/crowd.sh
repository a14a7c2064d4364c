#!/bin/bash
# Ten publishers and fifty players at once, at one port of one process of ours, half
# of each over TLS: each player has each frame of its stream, and none of another.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/peers.sh"
tls=$top/tests/files/tls
streams=10
players=5 # of each stream

# Streams differ in a byte of one frame.
make_streams ()
{
  python3 - "$media/avc_aac.flv" "$tmp" $streams <<'END'
import sys
data = bytearray (open (sys.argv[1], "rb").read ())
for i in range (int (sys.argv[3])):
    data[len (data) // 2] = i
    open (f"{sys.argv[2]}/sent{i}.flv", "wb").write (data)
END
}

# url SCHEME NAME
url ()
{
  echo "$1://127.0.0.1:$port/$2"
}

# scheme N: every other one
scheme ()
{
  [ $(($1 % 2)) = 0 ] && echo rtmp || echo rtmps
}

pipeline ()
{
  local i with=(tls-certificate-file="$tls/server.pem" tls-key-file="$tls/server.key")
  for ((i = 0; i < streams; i++)); do
    printf '%s\n' rtmpserversrc location="$(url rtmp "in/$i")" "${with[@]}" ! queue !
    printf '%s\n' rtmpserversink sync=false location="$(url rtmp "out/$i")" "${with[@]}"
  done
}

start_server ()
{
  local line
  for _ in 1 2 3; do
    port=$(free_port)
    mapfile -t line < <(pipeline)
    start 100 "$tools/callers" "${line[@]}" >"$tmp/callers"
    until_true 10 listening "$port" && return
    stop "$pid"
  done
  return 1
}

# play KIND STREAM N: of the Nth player
play ()
{
  local from to=$tmp/played$2.$3.flv
  from=$(url "$(scheme $(($2 + $3)))" "out/$2")
  case $1 in
    ffmpeg)
      start 80 ffmpeg -v error -copyts -i "$from" -map 0 -c copy -flvflags no_duration_filesize "$to" ;;
    rtmpdump) start 80 rtmpdump --quiet --live --rtmp "$from" --flv "$to" ;;
    ours)
      start 80 gst-launch-1.0 --no-fault --quiet "$SRC" location="$from" tls-ca-file="$tls/ca.pem" ! \
        filesink location="$to"
      ;;
  esac
}

# publish KIND STREAM
publish ()
{
  local to from=$tmp/sent$2.flv
  to=$(url "$(scheme "$2")" "in/$2")
  case $1 in
    ffmpeg) start 80 ffmpeg -v error -re -i "$from" -copyts -map 0 -c copy -f flv "$to" ;;
    ours)
      start 80 gst-launch-1.0 --no-fault --quiet filesrc location="$from" ! \
        "$SINK" location="$to" tls-ca-file="$tls/ca.pem"
      ;;
  esac
}

crowd ()
{
  local server i j kinds=(ffmpeg rtmpdump ours rtmpdump ffmpeg)
  make_streams
  start_server
  server=$pid
  for ((i = 0; i < streams; i++)); do
    for ((j = 0; j < players; j++)); do
      play "${kinds[j]}" $i $j
    done
  done
  until_true 40 callers_are $((streams * players)) rtmpserversink
  for ((i = 0; i < streams; i++)); do
    publish "$([ $((i % 4)) -lt 2 ] && echo ffmpeg || echo ours)" $i
  done
  until_true 20 callers_are $streams rtmpserversrc
  wait "$server"
  for ((i = 0; i < streams; i++)); do
    "$here/frames.py" equal "$tmp/sent$i.flv" "$tmp"/played$i.*.flv
  done
}

try crowd/ten-publishers-fifty-players crowd
exit "$failed"
