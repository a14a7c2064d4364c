#!/bin/bash
# Who is let in by our servers, and what the others are told: by key, by user, by
# application and stream; and what an interrupt is for those who play.
. "$(dirname "$0")/lib.sh"

# serves PROPERTY...: takes in any number, one after the other, at $url
serves ()
{
  port=$(free_port)
  url=rtmp://127.0.0.1:$port
  start 60 env GST_DEBUG=rtmp:4 gst-launch-1.0 --no-fault --quiet rtmpserversrc \
    location="$url/live/cam" keep-listening=true "$@" ! fakesink 2>"$tmp/server"
  until_true 5 listening "$port"
}

by_ffmpeg ()
{
  run 20 ffmpeg -v error -i "$media/avc_aac.flv" -c copy -f flv "$1"
}

by_ours ()
{
  gst filesrc location="$media/avc_aac.flv" ! rtmpsink sync=false location="$1"
}

# let_in LOCATION
let_in ()
{
  by_ffmpeg "$1"
  by_ours "$1"
  [ "$(grep -c ' publishes$' "$tmp/server")" = 2 ]
}

# refused LOCATION WHAT FFMPEG SAYS, WHAT OURS SAYS
refused ()
{
  if by_ffmpeg "$1" 2>"$tmp/said"; then return 1; fi
  grep "$2" "$tmp/said" || { cat "$tmp/said"; return 1; }
  if by_ours "$1" 2>"$tmp/said"; then return 1; fi
  grep "$3" "$tmp/said" || { cat "$tmp/said"; return 1; }
  if grep ' publishes$' "$tmp/server"; then return 1; fi
}

by_key ()
{
  serves auth-token=right
  "$1" "$url$2" "${@:3}"
}

by_user ()
{
  serves users=ann:x,joe:right
  "$1" "rtmp://${2}127.0.0.1:$port/live/cam" "${@:3}"
}

by_path ()
{
  serves
  "$1" "$url$2" "${@:3}"
}

# A player gets the end of the stream, and knows that it is one.
interrupted ()
{
  local server player
  port=$(free_port)
  start 30 gst-launch-1.0 --no-fault --quiet -e filesrc location="$media/avc_aac.flv" ! \
    rtmpserversink wait-for-player=true location="rtmp://127.0.0.1:$port/live/cam"
  server=$pid
  until_true 5 listening "$port"
  start 20 gst-launch-1.0 --no-fault --quiet rtmpsrc location="rtmp://127.0.0.1:$port/live/cam" ! \
    filesink location="$tmp/played.flv" buffer-mode=unbuffered
  player=$pid
  until_true 10 test -s "$tmp/played.flv"
  kill -INT "$server"
  wait "$server" "$player"
}

key='The key is missing or wrong'
for query in '?key=' '?user=joe&pass=' '?token='; do
  try "callers/let-in-by$query" by_key let_in "/live/cam${query}right"
  try "callers/refused-by$query" by_key refused "/live/cam${query}wrong" "$key" "$key"
done
try callers/refused-without-key by_key refused /live/cam "$key" "$key"
try callers/let-in-by-password by_user let_in joe:right@
try callers/refused-by-password by_user refused joe:wrong@ 'Incorrect username/password' 'user or password are wrong'
try callers/refused-without-user by_user refused '' 'No credentials set' 'wants a user name and password'
try callers/application by_path refused /other/cam 'no such application' 'no such application'
try callers/stream by_path refused /live/dog 'no such stream' 'no such stream'
try callers/interrupted interrupted
exit "$failed"
