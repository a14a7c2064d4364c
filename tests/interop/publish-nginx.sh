#!/bin/bash
# Our sink publishes to nginx-rtmp, which records: the recording has the very
# frames that were sent. nginx counts times from the first message; all files
# here start at 0, so that times are equal too.
. "$(dirname "$0")/lib.sh"
start_nginx || exit 1

# as_is FILE SYNC: the bytes of a file, cut anywhere
as_is ()
{
  gst filesrc location="$media/$1.flv" ! "$SINK" sync="$2" \
    location="rtmp://127.0.0.1:$PORT/live/$1-$2"
  recording "$1-$2" equal "$media/$1.flv"
}

in_real_time ()
{
  local begin took
  begin=$(now)
  as_is "$1" true
  took=$(($(now) - begin))
  echo "3 s of media took $took ms"
  [ "$took" -ge 2800 ]
}

# remuxed FILE: through flvdemux and flvmux; what enters our sink is kept
remuxed ()
{
  gst filesrc location="$media/$1.flv" ! flvdemux name=d \
    flvmux streamable=true name=m d.video ! queue ! m.video d.audio ! queue ! m.audio \
    m. ! tee name=t ! queue ! filesink location="$tmp/sent.flv" \
    t. ! queue ! "$SINK" sync=false location="rtmp://127.0.0.1:$PORT/live/$1-remuxed"
  recording "$1-remuxed" equal "$tmp/sent.flv"
}

for name in avc_aac avc_mp3 h263_speex screen2_adpcm; do
  try "publish-nginx/$name-as-it-is" as_is "$name" false
done
try publish-nginx/avc_aac-in-real-time in_real_time avc_aac
for name in avc_aac avc_mp3; do
  try "publish-nginx/$name-from-flvmux" remuxed "$name"
done
exit "$failed"
