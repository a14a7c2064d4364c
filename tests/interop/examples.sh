#!/bin/bash
# The examples do what they say, with FFmpeg on the other side.
. "$(dirname "$0")/lib.sh"
examples=$builds/build-test/tests/examples

by_ffmpeg ()
{
  run 20 ffmpeg -v error -re -i "$media/avc_aac.flv" -c copy -f flv "$1"
}

# frames FILE: of video, then of audio
frames ()
{
  ffprobe -v error -count_packets -show_entries stream=codec_type,nb_read_packets \
    -of csv=p=0 "$1" | sort
}

whole ()
{
  [ "$(frames "$1")" = "$(frames "$media/avc_aac.flv")" ] || { frames "$1"; return 1; }
}

# Only who knows a key is let in, and its stream is the file.
ingest ()
{
  local port
  port=$(free_port)
  start 30 "$examples/ingest" "rtmp://127.0.0.1:$port/live" "$tmp/in.flv" one two >"$tmp/said"
  local server=$pid
  until_true 5 listening "$port"
  if by_ffmpeg "rtmp://127.0.0.1:$port/live/three"; then return 1; fi
  by_ffmpeg "rtmp://127.0.0.1:$port/live/two"
  wait "$server"
  whole "$tmp/in.flv"
  grep -q refused "$tmp/said"
}

# A server that is told to has it all, though another one is not there.
relay ()
{
  local port from
  port=$(free_port)
  from=rtmp://127.0.0.1:$port/live/show
  start_nginx
  start 60 stdbuf -oL "$examples/relay" "$from" "rtmp://127.0.0.1:1/live/gone" \
    "rtmp://127.0.0.1:$PORT/live/show" >"$tmp/said" 2>&1
  until_true 5 listening "$port"
  by_ffmpeg "$from"
  until_true 10 whole "$tmp/recorded/show.flv"
  grep -q 'target 2: rtmp-connected' "$tmp/said"
  grep -q 'target 1: Nothing accepts connections' "$tmp/said"
}

# One player sees what two publishers send, one after the other, in another size;
# an interrupt is its end.
transcode ()
{
  local port server player input
  port=$(free_port)
  start 60 stdbuf -oL "$examples/transcode" "rtmp://127.0.0.1:$port/in/show" \
    "rtmp://127.0.0.1:$port/live/show" 90 200 >"$tmp/said"
  server=$pid
  until_true 5 listening "$port"
  start 50 ffmpeg -v error -i "rtmp://127.0.0.1:$port/live/show" -c copy "$tmp/out.flv"
  player=$pid
  until_true 5 grep -q 'plays show' "$tmp/said"
  for input in 1 2; do
    by_ffmpeg "rtmp://127.0.0.1:$port/in/show"
    until_true 10 gone "$input"
  done
  kill -INT -- "-$server"
  wait "$server" "$player"
  decoded "$tmp/out.flv" >"$tmp/got"
  # The sound of 3 s a publisher, at 44100 Hz instead of 48000.
  diff "$tmp/got" - <<END
aac,44100,260
h264,160,90,180
END
}

gone ()
{
  [ "$(grep -c 'has gone from show' "$tmp/said")" -ge "$1" ]
}

decoded ()
{
  ffprobe -v error -count_frames -of csv=p=0 \
    -show_entries stream=codec_name,width,height,sample_rate,nb_read_frames "$1" | sort
}

try examples/ingest ingest
try examples/relay relay
try examples/transcode transcode
exit "$failed"
