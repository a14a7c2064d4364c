#!/bin/bash
# Our servers, and what others make of them: rtmpserversrc takes in what they
# publish, rtmpserversink serves them as players.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/peers.sh"
for element in rtmpserversrc rtmpserversink; do
  comes_from "$element" "$PLUGIN" || exit 1
done

# take_in PUBLISHER FILE
take_in ()
{
  local server want=$media/$2.flv
  rm -f "$tmp/sent.flv"
  listen gst-launch-1.0 --no-fault --quiet \
    rtmpserversrc location="rtmp://127.0.0.1:@PORT@/live/cam" ! filesink location="$tmp/taken.flv"
  server=$pid
  "by_$1" "$2" "rtmp://127.0.0.1:$port/live/cam"
  wait "$server"
  [ ! -f "$tmp/sent.flv" ] || want=$tmp/sent.flv
  "$here/frames.py" equal "$want" "$tmp/taken.flv"
}

# serve PLAYER FILE HOW SYNC [PROPERTY...]
serve ()
{
  local server
  listen gst-launch-1.0 --no-fault --quiet filesrc location="$media/$2.flv" ! \
    rtmpserversink sync="$4" wait-for-player=true location="rtmp://127.0.0.1:@PORT@/live/cam" "${@:5}"
  server=$pid
  "to_$1" "rtmp://127.0.0.1:$port/live/cam"
  wait "$server"
  "$here/frames.py" "$3" "$media/$2.flv" "$tmp/played.flv"
}

# with_hours: $media has hours.flv too, whose times pass 2^24 ms, from where on each chunk has them in full
with_hours ()
{
  mkdir "$tmp/media" && ln -s "$media"/* "$tmp/media" || return
  media=$tmp/media
  python3 - "$media/avc_aac.flv" "$media/hours.flv" <<'END'
import sys
data = bytearray (open (sys.argv[1], "rb").read ())
at = 13
while at < len (data):
    time = int.from_bytes (data[at + 4:at + 7], "big") + (1 << 24) - 1500
    data[at + 4:at + 8] = (time & 0xFFFFFF).to_bytes (3, "big") + bytes ([time >> 24])
    at += 15 + int.from_bytes (data[at + 1:at + 4], "big")
open (sys.argv[2], "wb").write (data)
END
}

# --- both at once

relay ()
{
  local url=rtmp://127.0.0.1:@PORT@/live/cam server players=() i
  listen "$tools/callers" rtmpserversrc location="$url" ! queue ! \
    rtmpserversink sync=false location="$url" >"$tmp/callers"
  server=$pid
  url=${url//@PORT@/$port}
  for i in 1 2 3 4; do
    start 30 gst-launch-1.0 --no-fault --quiet rtmpsrc location="$url" ! \
      filesink location="$tmp/played$i.flv"
    players+=("$pid")
  done
  until_true 10 callers_are 4 rtmpserversink
  by_ffmpeg avc_aac "$url"
  wait "$server" "${players[@]}"
  for i in 1 2 3 4; do
    "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/played$i.flv"
  done
}

# nginx hands on to us what is published to it
pushed ()
{
  local server
  listen gst-launch-1.0 --no-fault --quiet \
    rtmpserversrc location="rtmp://127.0.0.1:@PORT@/live/cam" ! filesink location="$tmp/taken.flv"
  server=$pid
  nginx_applications="application out { live on; push rtmp://127.0.0.1:$port/live/cam; }"
  start_nginx 60
  by_ffmpeg avc_aac "rtmp://127.0.0.1:$PORT/out/cam"
  wait "$server"
  "$here/frames.py" suffix "$media/avc_aac.flv" "$tmp/taken.flv"
}

# nginx plays from us when somebody plays from it
pulled ()
{
  local server
  listen gst-launch-1.0 --no-fault --quiet filesrc location="$media/avc_aac.flv" ! \
    rtmpserversink wait-for-player=true location="rtmp://127.0.0.1:@PORT@/live/cam"
  server=$pid
  nginx_applications="application in { live on; publish_notify on; pull rtmp://127.0.0.1:$port/live/cam name=cam; }"
  start_nginx 60
  to_rtmpdump "rtmp://127.0.0.1:$PORT/in/cam"
  wait "$server"
  "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/played.flv"
}

# FFmpeg trusts our issuer, or does not
encrypted_in ()
{
  listen gst-launch-1.0 --no-fault --quiet rtmpserversrc location="rtmps://127.0.0.1:@PORT@/live/cam" \
    "${ours[@]}" ! filesink location="$tmp/taken.flv"
  local server=$pid to=(-f flv "rtmps://127.0.0.1:$port/live/cam")
  if run 20 ffmpeg -v error -i "$media/avc_aac.flv" -c copy "${theirs[@]}" "$tls/other-ca.pem" "${to[@]}" \
    2>"$tmp/said"; then return 1; fi
  grep -qi certificate "$tmp/said"
  run 20 ffmpeg -v error -i "$media/avc_aac.flv" -copyts -map 0 -c copy "${theirs[@]}" "$tls/ca.pem" "${to[@]}"
  wait "$server"
  "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/taken.flv"
}

encrypted_out ()
{
  listen gst-launch-1.0 --no-fault --quiet filesrc location="$media/avc_aac.flv" ! rtmpserversink \
    wait-for-player=true location="rtmps://127.0.0.1:@PORT@/live/cam" "${ours[@]}"
  local server=$pid from=(-i "rtmps://127.0.0.1:$port/live/cam")
  if run 20 ffmpeg -v error "${theirs[@]}" "$tls/other-ca.pem" "${from[@]}" -f null - 2>"$tmp/said"; then return 1; fi
  grep -qi certificate "$tmp/said"
  run 20 ffmpeg -v error -y -copyts "${theirs[@]}" "$tls/ca.pem" "${from[@]}" -map 0 -c copy \
    -flvflags no_duration_filesize "$tmp/played.flv"
  wait "$server"
  "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/played.flv"
}

tls=$top/tests/files/tls
ours=(tls-certificate-file="$tls/server.pem" tls-key-file="$tls/server.key")
theirs=(-tls_verify 1 -verifyhost rtmp.test -ca_file)
with_hours || exit 1
for publisher in ffmpeg ours rtmp2sink librtmp; do
  try "serve/from-$publisher" take_in "$publisher" avc_aac
done
try serve/from-ours-mp3 take_in ours avc_mp3
try serve/from-ours-speex take_in ours h263_speex
for peer in ffmpeg ours; do
  try "serve/hours-from-$peer" take_in "$peer" hours
done
for peer in ffmpeg ours rtmpdump; do
  try "serve/hours-to-$peer" serve "$peer" hours equal false keep-timestamps=true
done
while read -r player how; do
  # librtmp may take a stream that ends before it looks for none at all.
  [ "$player" = librtmp ] || try "serve/to-$player" serve "$player" avc_aac "$how" false
  try "serve/to-$player-in-real-time" serve "$player" avc_aac "$how" true
done <<END
ffmpeg equal
mpv equal
ours equal
rtmpdump equal
rtmp2src but-last
librtmp but-last
END
try serve/relay relay
try serve/nginx-pushes pushed
try serve/nginx-pulls pulled
try serve/encrypted-in encrypted_in
try serve/encrypted-out encrypted_out
exit "$failed"
