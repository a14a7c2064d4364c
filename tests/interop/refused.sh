#!/bin/bash
# Whoever is not wanted at our servers ends with an error, and soon: refused by the
# application, without the token, second to publish a stream. Most say why.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/peers.sh"

# librtmp does not hear that it may not publish, and waits until it is let go.
start_server ()
{
  local url=rtmp://127.0.0.1:@PORT@ play=(filesrc location="$media/avc_aac.flv" !
    rtmpserversink timeout=2 wait-for-player=true)
  listen "$tools/callers" rtmpserversrc timeout=2 location="$url/in/refused" ! fakesink \
    rtmpserversrc timeout=2 auth-token=secret location="$url/in/cam" ! fakesink \
    "${play[@]}" location="$url/out/refused" \
    "${play[@]}" auth-token=secret location="$url/out/cam"
}

# ends PEER WHY COMMAND...
ends ()
{
  local code=0
  "${@:3}" >"$tmp/said" 2>&1 || code=$?
  cat "$tmp/said"
  echo "exit code $code"
  case $code in
    0 | 124 | 137) return 1 ;;
  esac
  case $1 in
    # They keep it to themselves.
    librtmp | rtmpdump) ;;
    *) grep -q "$2" "$tmp/said" ;;
  esac
}

publisher ()
{
  start_server
  ends "$1" "$3" "by_$1" avc_aac "rtmp://127.0.0.1:$port/in/$2"
}

player ()
{
  start_server
  ends "$1" "$3" "to_$1" "rtmp://127.0.0.1:$port/out/$2"
}

# The first one, which has sent half of its stream by then, is not disturbed.
second ()
{
  local server first url
  mkfifo "$tmp/first-$1"
  listen "$tools/callers" rtmpserversrc timeout=2 location="rtmp://127.0.0.1:@PORT@/in/cam" ! \
    filesink location="$tmp/taken.flv" >"$tmp/callers"
  server=$pid
  url=rtmp://127.0.0.1:$port/in/cam
  exec 9<>"$tmp/first-$1"
  start 60 gst-launch-1.0 --no-fault --quiet fdsrc fd=8 ! rtmpsink sync=false location="$url" \
    8<"$tmp/first-$1" 9>&-
  first=$pid
  head -c 60000 "$media/avc_aac.flv" >&9
  until_true 10 callers_are 1 rtmpserversrc
  ends "$1" 'Somebody else publishes this stream' "by_$1" avc_aac "$url"
  tail -c +60001 "$media/avc_aac.flv" >&9
  exec 9>&-
  wait "$first" "$server"
  "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/taken.flv"
}

for peer in ffmpeg ours rtmp2sink librtmp; do
  try "refused/$peer-by-the-application" publisher "$peer" refused Refused
  try "refused/$peer-without-the-token" publisher "$peer" 'cam?key=guess' 'The key is missing or wrong'
  try "refused/$peer-as-second-publisher" second "$peer"
done
for peer in ffmpeg mpv ours rtmpdump rtmp2src librtmp; do
  try "refused/to-$peer-by-the-application" player "$peer" refused Refused
  try "refused/to-$peer-without-the-token" player "$peer" 'cam?key=guess' 'The key is missing or wrong'
done
exit "$failed"
