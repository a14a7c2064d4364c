#!/bin/bash
# SWF verification: our servers demand it, and rtmpdump, FFmpeg and our own
# elements show that they have the file, or do not; then both ends say why not.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/peers.sh"

# rtmpdump keeps hashes there
export HOME=$tmp

swf=$tmp/player.swf
read -r hash size < <(python3 - "$swf" <<'END'
import hashlib, hmac, struct, sys, zlib
body = bytes(i * 31 & 0xff for i in range(5000))
whole = struct.pack("<3sBI", b"FWS", 10, 8 + len(body)) + body
with open(sys.argv[1], "wb") as file:
    file.write(b"C" + whole[1:8] + zlib.compress(body))
print(hmac.new(b"Genuine Adobe Flash Player 001", whole, hashlib.sha256).hexdigest(), len(whole))
END
)
wrong=${hash//[0-7]/8}
listen python3 -m http.server @PORT@ --bind 127.0.0.1 --directory "$tmp" >/dev/null 2>"$tmp/web" || exit 1
web=http://127.0.0.1:$port/player.swf

# --- players, told $url and more

by_rtmpdump ()
{
  run 20 rtmpdump --live --rtmp "$url" --flv "$tmp/played.flv" "$@" || [ $? = 2 ]
}

by_ffmpeg ()
{
  run 20 ffmpeg -v warning -y -copyts "$@" -i "$url" -map 0 -c copy -flvflags no_duration_filesize "$tmp/played.flv"
}

by_ours ()
{
  gst rtmpsrc location="$url" "$@" ! filesink location="$tmp/played.flv"
}

by_location ()
{
  gst rtmpsrc location="$url $*" ! filesink location="$tmp/played.flv"
}

by_librtmp ()
{
  with_system gst rtmpsrc location="$url live=1 $*" ! \
    filesink buffer-mode=unbuffered location="$tmp/played.flv" || true
}

# serves PROPERTY...: plays to whom it lets in, and ends
serves ()
{
  listen "$tools/callers" filesrc location="$media/avc_aac.flv" ! rtmpserversink sync=false \
    wait-for-player=true location="rtmp://127.0.0.1:@PORT@/live/cam" "$@" >"$tmp/callers"
  server=$pid
  url=rtmp://127.0.0.1:$port/live/cam
}

# passes PLAYER ARGUMENT...
passes ()
{
  serves swf-verify="$swf"
  "$@"
  wait "$server"
  "$here/frames.py" "${how:-equal}" "$media/avc_aac.flv" "$tmp/played.flv"
  # librtmp's source calls again when it has got to the end.
  [ "$(sed '/^removed/q' "$tmp/callers" | grep -c '^rejected')" = 0 ]
}

another="the client has another file of $size bytes"
silent="the client did not answer"

# refused SERVER SAYS, PLAYER SAYS, PLAYER ARGUMENT...: then the right one is let in
refused ()
{
  serves swf-hash="$hash" swf-size="$size"
  "${@:3}" >"$tmp/said" 2>&1 || true
  cat "$tmp/said" "$tmp/callers"
  grep -q "$2" "$tmp/said"
  [ "$(grep -c "^rejected .* live/cam: SWF verification: $1" "$tmp/callers")" -ge 1 ]
  [ "$(grep -c '^added' "$tmp/callers")" = 0 ]
  by_ours swf-hash="$hash" swf-size="$size"
  wait "$server"
  "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/played.flv"
}

# The server fetches it, and so does the client.
ours_to_ours ()
{
  serves swf-verify="$web"
  by_ours swf-verify="$web"
  wait "$server"
  "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/played.flv"
  [ "$(grep -c 'GET /player.swf HTTP/1.1" 200' "$tmp/web")" -ge 2 ]
}

# publishes PROPERTY...
publishes ()
{
  gst filesrc location="$media/avc_aac.flv" ! rtmpsink sync=false location="$url" "$@"
}

publishers ()
{
  listen "$tools/callers" rtmpserversrc location="rtmp://127.0.0.1:@PORT@/live/cam" swf-verify="$swf" ! \
    filesink location="$tmp/taken.flv" >"$tmp/callers"
  server=$pid
  url=rtmp://127.0.0.1:$port/live/cam
  if publishes 2>"$tmp/said"; then return 1; fi
  grep "$silent" "$tmp/said"
  if publishes swf-hash="$wrong" swf-size="$size" 2>"$tmp/said"; then return 1; fi
  grep "$another" "$tmp/said"
  publishes swf-verify="$swf"
  wait "$server"
  "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/taken.flv"
}

# over_rtmpe PLAYER ARGUMENT...
over_rtmpe ()
{
  serves swf-verify="$swf"
  url=rtmpe${url#rtmp}
  "$@"
  wait "$server"
  "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/played.flv"
}

try swf/rtmpdump-hash passes by_rtmpdump --swfhash "$hash" --swfsize "$size"
try swf/rtmpdump-url passes by_rtmpdump --swfVfy "$web"
try swf/rtmpdump-rtmpe over_rtmpe by_rtmpdump --swfhash "$hash" --swfsize "$size"
try swf/ffmpeg-hash passes by_ffmpeg -rtmp_swfhash "$hash" -rtmp_swfsize "$size"
try swf/ffmpeg-url passes by_ffmpeg -rtmp_swfverify "$web"
how=but-last try swf/librtmp-url passes by_librtmp swfUrl="$web" swfVfy=1
try swf/ours-hash passes by_ours swf-hash="$hash" swf-size="$size"
try swf/ours-file passes by_ours swf-verify="$swf"
try swf/ours-url passes by_ours swf-verify="$web"
try swf/ours-rtmpe over_rtmpe by_ours swf-verify="$swf"
try swf/ours-location passes by_location swfUrl="$web" swfVfy=1
try swf/ours-location-hash passes by_location swfHash="$hash" swfsize="$size"
try swf/ours-to-ours ours_to_ours
try swf/publishers publishers

# rtmpdump does not print what it is told, only the code.
try swf/rtmpdump-none refused "$silent" 'Ignoring SWFVerification request' by_rtmpdump
try swf/rtmpdump-wrong refused "$another" NetStream.Play.Failed by_rtmpdump --swfhash "$wrong" --swfsize "$size"
try swf/rtmpdump-size refused "expected a file of $size bytes" NetStream.Play.Failed \
  by_rtmpdump --swfhash "$hash" --swfsize 7
try swf/ffmpeg-none refused "$silent" "SWF verification: $silent" by_ffmpeg
try swf/ffmpeg-wrong refused "$another" "SWF verification: $another" \
  by_ffmpeg -rtmp_swfhash "$wrong" -rtmp_swfsize "$size"
try swf/ours-none refused "$silent" "SWF verification: $silent" by_ours
try swf/ours-wrong refused "$another" "SWF verification: $another" by_ours swf-hash="$wrong" swf-size="$size"
exit "$failed"
