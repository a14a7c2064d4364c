#!/bin/bash
# Each encoder of GStreamer's ! rtmpsink -> rtmpserversrc -> rtmpserversink -> rtmpsrc !
# decoder: the pictures and samples are those of encoder ! decoder, at their times.
. "$(dirname "$0")/lib.sh"

# round ENCODER DECODER: both from one encoder, for encoders vary. A parser where
# the encoder does not say in which form it writes.
round ()
{
  local server player raw="$convert ! checksumsink hash=md5 sync=false"
  listen gst-launch-1.0 --no-fault --quiet \
    rtmpserversrc name=in location="rtmp://127.0.0.1:@PORT@/in/cam" "in.$pad" ! "out.$pad" \
    rtmpserversink name=out sync=false wait-for-player=true location="rtmp://127.0.0.1:@PORT@/live/cam"
  server=$pid
  start 30 gst-launch-1.0 --no-fault --quiet "$SRC" location="rtmp://127.0.0.1:$port/live/cam" ! \
    $2 ! $raw >"$tmp/got"
  player=$pid
  gst $source ! $1 ! tee name=t ! queue max-size-time=0 ! $2 ! $raw \
    t. ! queue max-size-time=0 ! "$SINK" sync=false location="rtmp://127.0.0.1:$port/in/cam" >"$tmp/want"
  wait "$player" "$server"
  "$here/raw.py" "$tmp/want" "$tmp/got"
}

pad=video_0
source='videotestsrc num-buffers=50 pattern=ball ! video/x-raw,format=I420,width=160,height=90,framerate=30/1'
convert='videoconvert ! video/x-raw,format=I420'
while IFS='|' read -r name encoder decoder; do
  try "encoders/$name" round "$encoder" "$decoder"
done <<'END'
x264|x264enc bframes=2|h264parse ! avdec_h264
x264-zerolatency|x264enc tune=zerolatency|h264parse ! avdec_h264
openh264|openh264enc ! h264parse|h264parse ! avdec_h264
x265|x265enc speed-preset=ultrafast ! h265parse|h265parse ! avdec_h265
aom|av1enc cpu-used=8 usage-profile=realtime ! av1parse|av1parse ! av1dec
vp8|vp8enc deadline=1|vp8dec
vp9|vp9enc deadline=1 cpu-used=8|vp9parse ! vp9dec
END

pad=audio_0
convert='audioconvert ! audio/x-raw,format=S16LE'
while IFS='|' read -r name rate encoder decoder; do
  # As much as is whole frames of Opus with its 312 samples before: FLV has no words for padding at the end.
  source="audiotestsrc num-buffers=8 samplesperbuffer=7641 wave=pink-noise ! audio/x-raw,rate=$rate,channels=2 ! audioconvert"
  try "encoders/$name" round "$encoder" "$decoder"
done <<'END'
opus|48000|opusenc|opusdec
flac|48000|flacenc ! flacparse|flacparse ! flacdec
voaac|44100|voaacenc|aacparse ! avdec_aac
avenc_aac|48000|avenc_aac|aacparse ! avdec_aac
lame|44100|lamemp3enc ! mpegaudioparse|mpegaudioparse ! avdec_mp3
ac3|48000|avenc_ac3|ac3parse ! avdec_ac3
eac3|48000|avenc_eac3|ac3parse ! avdec_eac3
END
exit "$failed"
