# Sourced by the scripts in which others call a server of ours.
# shellcheck shell=bash

# callers_are N ELEMENT: so many have been taken by elements of that name, which
# run in $tools/callers with its output in $tmp/callers
callers_are ()
{
  [ "$(grep -c "^added $2" "$tmp/callers")" = "$1" ]
}

# --- publishers: by_NAME FILE URL

by_ffmpeg ()
{
  run 20 ffmpeg -v error -re -i "$media/$1.flv" -copyts -map 0 -c copy -f flv "$2"
}

by_ours ()
{
  gst filesrc location="$media/$1.flv" ! rtmpsink location="$2"
}

# Those that GStreamer ships take no file as it is; what enters them is kept.
by_other ()
{
  with_system gst filesrc location="$media/$2.flv" ! flvdemux name=d \
    flvmux streamable=true name=m d.video ! queue ! m.video d.audio ! queue ! m.audio \
    m. ! tee name=t ! queue ! filesink location="$tmp/sent.flv" \
    t. ! queue ! "$1" location="$3"
}

by_rtmp2sink ()
{
  by_other rtmp2sink "$@"
}

by_librtmp ()
{
  with_system comes_from rtmpsink "$system_plugin"
  by_other rtmpsink "$@"
}

# --- players: to_NAME URL, into $tmp/played.flv

to_ffmpeg ()
{
  run 20 ffmpeg -v error -y -copyts -i "$1" -map 0 -c copy -flvflags no_duration_filesize "$tmp/played.flv"
}

# It takes a live stream's end for an interruption, and says so by a 2.
to_rtmpdump ()
{
  run 20 rtmpdump --quiet --live --rtmp "$1" --flv "$tmp/played.flv" || [ $? = 2 ]
}

# It writes down what it demuxed, while it shows it.
to_mpv ()
{
  run 20 mpv --no-config --msg-level=all=error --vo=null --ao=null --stream-record="$tmp/played.flv" "$1"
}

to_ours ()
{
  gst rtmpsrc location="$1" ! filesink location="$tmp/played.flv"
}

to_rtmp2src ()
{
  with_system gst rtmp2src location="$1" ! filesink location="$tmp/played.flv"
}

# It connects once more after the end, which may fail, or kill it by SIGPIPE.
to_librtmp ()
{
  with_system comes_from rtmpsrc "$system_plugin"
  with_system gst rtmpsrc location="$1 live=1" ! filesink buffer-mode=unbuffered location="$tmp/played.flv" ||
      [ -s "$tmp/played.flv" ]
}
