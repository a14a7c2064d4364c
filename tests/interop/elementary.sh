#!/bin/bash
# GStreamer's own encoders and decoders with rtmpmux and rtmpdemux between them:
# what is decoded is what is decoded without. And FFmpeg reads the files, and its own
# ones come out with the frames they had.
. "$(dirname "$0")/lib.sh"

# decoded ENCODER DECODER PADDED: both ways in one pipeline, for encoders vary. What
# FLV cannot say is that some of the end is padding.
decoded ()
{
  gst $source ! $1 ! tee name=t ! queue max-size-time=0 ! $2 ! $convert ! filesink location="$tmp/direct" async=false \
    t. ! queue max-size-time=0 ! rtmpmux ! rtmpdemux ! queue ! $2 ! $convert ! filesink location="$tmp/muxed" async=false
  [ -s "$tmp/direct" ]
  [ -z "$3" ] || truncate -s "$(stat -c %s "$tmp/direct")" "$tmp/muxed"
  cmp "$tmp/direct" "$tmp/muxed"
}

source='videotestsrc num-buffers=15 pattern=ball ! video/x-raw,width=160,height=90,framerate=30/1'
convert='videoconvert ! video/x-raw,format=I420'
while IFS='|' read -r name encoder decoder; do
  try "elementary/video/$name" decoded "$encoder" "$decoder" ""
done <<'END'
h264|x264enc bframes=2 ! h264parse|h264parse ! avdec_h264
h264-zerolatency|x264enc tune=zerolatency ! h264parse|h264parse ! avdec_h264
h264-openh264|openh264enc ! h264parse|h264parse ! avdec_h264
h265|x265enc speed-preset=ultrafast ! h265parse|h265parse ! avdec_h265
av1|av1enc cpu-used=8 usage-profile=realtime ! av1parse|av1parse ! av1dec
vp8|vp8enc deadline=1|vp8dec
vp9|vp9enc deadline=1 cpu-used=8 ! vp9parse|vp9parse ! vp9dec
flv1|avenc_flv|avdec_flv
END

source='audiotestsrc num-buffers=40 wave=pink-noise ! audio/x-raw,rate=48000,channels=2'
convert='audioconvert ! audio/x-raw,format=S16LE'
while IFS='|' read -r name encoder decoder padded; do
  try "elementary/audio/$name" decoded "audioconvert ! audioresample ! $encoder" "$decoder" "$padded"
done <<'END'
opus|opusenc ! opusparse|opusdec|padded
flac|flacenc ! flacparse|flacparse ! flacdec
aac-voaac|voaacenc ! aacparse|aacparse ! avdec_aac
aac-avenc|avenc_aac ! aacparse|aacparse ! avdec_aac
mp3|audio/x-raw,rate=44100 ! lamemp3enc ! mpegaudioparse|mpegaudioparse ! avdec_mp3
ac3|avenc_ac3 ! ac3parse|ac3parse ! avdec_ac3
eac3|avenc_eac3 ! ac3parse|ac3parse ! avdec_eac3
speex|audio/x-raw,rate=16000,channels=1 ! speexenc|speexdec
mulaw|audio/x-raw,rate=8000,channels=1 ! mulawenc|mulawdec
alaw|audio/x-raw,rate=8000,channels=1 ! alawenc|alawdec
END

# What FFmpeg 5.1 knows has no FourCC: it reads duration and all frames.
ffprobed ()
{
  local counted
  gst videotestsrc num-buffers=30 ! video/x-raw,width=160,height=90,framerate=30/1 ! x264enc ! h264parse ! \
    rtmpmux name=m ! filesink location="$tmp/a.flv" \
    audiotestsrc num-buffers=44 ! audio/x-raw,rate=44100,channels=2 ! $1 ! m.
  counted=$(ffprobe -v error -count_packets -show_entries stream=codec_name,nb_read_packets -of csv=p=0 "$tmp/a.flv" | sort)
  echo "$counted"
  [[ "$counted" = *h264,30* && "$counted" = *$2* ]]
  ffprobe -v error -show_entries format=duration -of csv=p=0 "$tmp/a.flv" | tee "$tmp/duration"
  awk '$1 < 0.95 || $1 > 1.15 { exit 1 }' "$tmp/duration"
}

# Every file of FFmpeg's, apart and together again.
muxed ()
{
  # shellcheck disable=SC2046
  gst filesrc location="$media/$1.flv" ! rtmpdemux name=d $(tracks d m) \
    rtmpmux name=m streamable=true ! filesink location="$tmp/muxed.flv"
  "$here/coded.py" equal "$media/$1.flv" "$tmp/muxed.flv"
  "$here/coded.py" equal "$media/$1.framemd5" "$tmp/muxed.flv"
}

for file in "$media"/*.flv; do
  name=$(basename "$file" .flv)
  names='video_0 audio_0'
  [[ $name != multitrack* ]] || names+=' video_1 audio_1'
  try "elementary/files/$name" muxed "$name"
done

try elementary/ffprobe/aac ffprobed 'voaacenc ! aacparse' aac,
try elementary/ffprobe/mp3 ffprobed 'lamemp3enc ! mpegaudioparse' mp3,
exit "$failed"
