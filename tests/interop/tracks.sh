#!/bin/bash
# Elementary streams in and out of the four elements: encoders, parsers and
# decoders right beside them, players that choose by URI, and every track of every
# file through all four. Players have to announce what they know of Enhanced RTMP.
. "$(dirname "$0")/lib.sh"
start_nginx && with_vpx || exit 1
live=rtmp://127.0.0.1:$PORT/live
picture='videotestsrc num-buffers=60 ! video/x-raw,width=160,height=90,framerate=30/1'
sound='audiotestsrc num-buffers=90 ! audio/x-raw,rate=44100,channels=2'

# counted NAME LIST: what ffprobe reads of the recording, "codec,frames" by codec
counted ()
{
  until_true 10 recorded "$1"
  ffprobe -v error -count_packets -show_entries stream=codec_name,nb_read_packets -of csv=p=0 \
    "$tmp/recorded/$1.flv" | sort | xargs | tee "$tmp/counted"
  [ "$(<"$tmp/counted")" = "$2" ]
}

# published NAME LIST ELEMENTS...: without timestamps of their own to wait for
published ()
{
  local name=$1 list=$2
  shift 2
  # shellcheck disable=SC2068
  gst ${@//@URL@/location=$live/$name sync=false}
  counted "$name" "$list"
}

try tracks/encoder published encoder h264,60 \
  "$picture ! x264enc ! $SINK @URL@"
try tracks/encoder-and-queue published queue h264,60 \
  "$picture ! x264enc ! queue ! h264parse ! queue ! $SINK @URL@"
try tracks/sound-alone published sound aac,90 \
  "$sound ! voaacenc ! aacparse ! $SINK @URL@"
try tracks/two-encoders published two "aac,90 h264,60" \
  "$picture ! x264enc ! s. $sound ! voaacenc ! aacparse ! s. $SINK name=s @URL@"
try tracks/two-encoders-by-name published named "aac,90 h264,60" \
  "$sound ! voaacenc ! aacparse ! s.audio_0 $picture ! x264enc ! s.video_0 $SINK name=s @URL@"
try tracks/flvmux published flvmux "aac,90 h264,60" \
  "$picture ! x264enc ! m. $sound ! voaacenc ! aacparse ! m. flvmux name=m streamable=true ! $SINK @URL@"

# Its pads come when the sink has started already.
demuxed ()
{
  if gst filesrc location="$media/hevc_aac.flv" ! rtmpdemux name=d d.video_0 ! s.video_0 d.audio_0 ! s.audio_0 \
      "$SINK" name=s sync=false location="$live/demuxed" 2>"$tmp/errors"; then return 1; fi
  cat "$tmp/errors"
  grep -q 'Set enhanced-codecs=hvc1 to send it all the same' "$tmp/errors"
}

try tracks/demuxer-of-what-the-server-does-not-take demuxed

# --- what comes out is linked by caps

vod=rtmp://127.0.0.1:$PORT/vod

# pictures ELEMENTS...: all of them are decoded, 320x180 in I420
pictures ()
{
  cd "$tmp" || return
  rm -f pictures
  # shellcheck disable=SC2068
  gst ${@//@URL@/$vod/avc_aac.flv}
  [ "$(stat -c %s pictures)" -eq $((90 * 320 * 180 * 3 / 2)) ]
}

to_file='videoconvert ! video/x-raw,format=I420 ! filesink location=pictures'
decoded="avdec_h264 ! $to_file"
try tracks/parser pictures "$SRC location=@URL@ ! h264parse ! $decoded"
try tracks/parser-behind-caps pictures "$SRC location=@URL@ ! video/x-h264 ! h264parse ! $decoded"
try tracks/both-by-name pictures "$SRC location=@URL@ name=s s.video_0 ! queue ! h264parse ! $decoded \
   s.audio_0 ! queue ! aacparse ! avdec_aac ! fakesink sync=false"
try tracks/both-by-caps pictures "$SRC location=@URL@ name=s s. ! h264parse ! queue ! $decoded \
   s. ! aacparse ! queue ! avdec_aac ! fakesink sync=false"
try tracks/decodebin pictures "$SRC location=@URL@ ! decodebin ! $to_file"
try tracks/uridecodebin pictures "uridecodebin uri=@URL@ ! $to_file"
try tracks/uridecodebin3 pictures "uridecodebin3 uri=@URL@ ! $to_file"

# play PLAYER: to its end, with picture and sound
play ()
{
  cd "$tmp" || return
  rm -f pictures sound
  gst "$1" uri="$vod/avc_aac.flv" video-sink="$to_file" \
    audio-sink="audioconvert ! audio/x-raw,format=S16LE ! filesink location=sound"
  [ "$(stat -c %s pictures)" -eq $((90 * 320 * 180 * 3 / 2)) ]
  [ "$(stat -c %s sound)" -gt 250000 ]
}

try tracks/playbin play playbin
try tracks/playbin3 play playbin3

# --- a transcoder: what comes in is decoded, and goes out in other codecs

transcode ()
{
  local server
  listen gst-launch-1.0 --no-fault --quiet \
    rtmpserversrc location="rtmp://127.0.0.1:@PORT@/in/cam" name=in \
    in.video_0 ! queue ! h264parse ! avdec_h264 ! videoscale ! video/x-raw,width=160,height=90 ! \
    x264enc tune=zerolatency ! out.video_0 \
    in.audio_0 ! queue ! aacparse ! avdec_aac ! audioconvert ! audioresample ! lamemp3enc ! mpegaudioparse ! out.audio_0 \
    "$SINK" name=out sync=false location="$live/transcoded"
  server=$pid
  gst filesrc location="$media/avc_aac.flv" ! "$SINK" sync=false location="rtmp://127.0.0.1:$port/in/cam"
  wait "$server"
  until_true 10 recorded transcoded
  ffprobe -v error -count_packets -show_entries stream=codec_name,width,nb_read_packets -of csv=p=0 \
    "$tmp/recorded/transcoded.flv" | tee "$tmp/counted"
  grep -q h264,160,90 "$tmp/counted"
  grep -q mp3 "$tmp/counted"
}

try tracks/transcode transcode

# --- every track of every file

# the_same HOW NAME FILE
the_same ()
{
  "$here/coded.py" "$1" "$media/$2.flv" "$3"
  [ ! -f "$media/$2.framemd5" ] || "$here/coded.py" "$1" "$media/$2.framemd5" "$3"
}

send ()
{
  # shellcheck disable=SC2046
  gst filesrc location="$media/$1.flv" ! rtmpdemux name=d $(tracks d s) \
    "$SINK" name=s sync=false location="$2"
}

sent ()
{
  listen gst-launch-1.0 --no-fault --quiet \
    rtmpserversrc location="rtmp://127.0.0.1:@PORT@/in/cam" ! filesink location="$tmp/taken.flv"
  local server=$pid
  send "$1" "rtmp://127.0.0.1:$port/in/cam"
  wait "$server"
  the_same equal "$1" "$tmp/taken.flv"
}

recorded_tracks ()
{
  # shellcheck disable=SC2046
  gst "$SRC" name=s location="$vod/$1.flv" $(tracks s m) \
    rtmpmux name=m streamable=true ! filesink location="$tmp/played.flv"
  the_same equal "$1" "$tmp/played.flv"
}

# through NAME CAPS: all four elements; what comes out has a pad of those caps
through ()
{
  local server player
  # shellcheck disable=SC2046
  listen gst-launch-1.0 --no-fault --quiet \
    rtmpserversrc name=in location="rtmp://127.0.0.1:@PORT@/in/cam" $(tracks in out) \
    rtmpserversink name=out sync=false wait-for-player=true location="rtmp://127.0.0.1:@PORT@/live/cam"
  server=$pid
  # shellcheck disable=SC2046
  start 30 gst-launch-1.0 --no-fault --verbose \
    "$SRC" name=s enhanced-codecs="*" location="rtmp://127.0.0.1:$port/live/cam" $(tracks s m) \
    rtmpmux name=m streamable=true ! filesink location="$tmp/played.flv" >"$tmp/verbose"
  player=$pid
  send "$1" "rtmp://127.0.0.1:$port/in/cam"
  wait "$player" "$server"
  the_same tracks "$1" "$tmp/played.flv"
  grep "GstRtmpSrc:s.GstGhostPad.*caps = " "$tmp/verbose" | tee "$tmp/caps"
  grep -qF "$2" "$tmp/caps"
}

names='video_0 audio_0'
for name in avc_aac avc_mp3 hevc_aac; do
  try "tracks/recorded/$name" recorded_tracks "$name"
done
while IFS='|' read -r name more caps; do
  names="video_0 audio_0 $more"
  [[ $name != vp? ]] || names=video_0
  try "tracks/sent/$name" sent "$name"
  try "tracks/through/$name" through "$name" "$caps"
done <<'END'
avc_aac||video/x-h264, stream-format=(string)avc
avc_mp3||audio/mpeg, mpegversion=(int)1, layer=(int)3
avc_flac||audio/x-flac
avc_eac3||audio/x-eac3
avc_opus51||channel-mapping-family=(int)1, stream-count=(int)4, coupled-count=(int)2, channel-mapping=(int)< 0, 4, 1, 2, 3, 5 >
hevc_aac||video/x-h265, stream-format=(string)hvc1
hevc_hdr10||colorimetry=(string)bt2100-pq
av1_opus||video/x-av1
vp8||video/x-vp8
vp9||video/x-vp9
h263_speex||audio/x-speex
screen2_adpcm||video/x-flash-screen2
multitrack_avc2_aac2|video_1 audio_1|GstGhostPad:audio_1
END
exit "$failed"
