# Sourced by the scripts here. SINK, SRC and PLUGIN run the same cases over
# other elements, for comparison: SINK=rtmp2sink SRC=rtmp2src PLUGIN= ./NAME.sh
# shellcheck shell=bash
# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
here=$top/tests/interop
npm=${XDG_CACHE_HOME:-$HOME/.cache}/gst-rtmp/node_modules
tools=$builds/build-test/tests/tools

SINK=${SINK:-rtmpsink}
SRC=${SRC:-rtmpsrc}
PLUGIN=${PLUGIN-$builds/build-test/gst/rtmp/libgstrtmp.so}

use_plugin "$(dirname "$PLUGIN")"
if [ "$PLUGIN" ]; then
  comes_from "$SINK" "$PLUGIN" && comes_from "$SRC" "$PLUGIN" || exit 1
fi

# gst ELEMENTS...: a pipeline to its end, at most 30 s
gst ()
{
  run 30 gst-launch-1.0 --no-fault --quiet "$@"
}

# with_system COMMAND...: with the elements that GStreamer ships. Its librtmp plugin
# has the file name that ours has, so each needs a registry of its own.
with_system ()
{
  GST_PLUGIN_PATH='' GST_REGISTRY=$tmp/system.bin "$@"
}
system_plugin=$(pkg-config --variable=pluginsdir gstreamer-1.0)/libgstrtmp.so

# listen COMMAND...: starts it, with @PORT@ in its words replaced
listen ()
{
  for _ in 1 2 3; do
    port=$(free_port)
    start 30 "${@//@PORT@/$port}"
    until_true 5 listening "$port" && return
    stop "$pid"
  done
  return 1
}

# now: in ms
now ()
{
  echo $((${EPOCHREALTIME/[.,]/} / 1000))
}

# recording NAME HOW WANT: compares once nginx has the whole of it
recording ()
{
  until_true 10 recorded "$1" || { echo "nginx did not record $1"; return 1; }
  "$here/frames.py" "$2" "$3" "$tmp/recorded/$1.flv"
}

# tracks FROM TO: those of $names, for gst-launch. One thread feeds all of a muxer's, in order.
tracks ()
{
  local track
  for track in $names; do
    echo "$1.$track ! $2.$track"
  done
}

# with_vpx: $media has vp8.flv and vp9.flv too, of our own muxer, for there are none by others; the lists are FFmpeg's
with_vpx ()
{
  local name
  mkdir "$tmp/media" && ln -s "$media"/* "$tmp/media" || return
  media=$tmp/media
  for name in vp8 vp9; do
    gst videotestsrc num-buffers=75 pattern=ball ! video/x-raw,format=I420,width=160,height=90,framerate=25/1 ! \
      "${name}enc" deadline=1 cpu-used=8 keyframe-max-dist=25 ! tee name=t ! queue ! rtmpmux ! filesink location="$media/$name.flv" \
      t. ! queue ! matroskamux ! filesink location="$media/$name.mkv"
    run 20 ffmpeg -v error -i "$media/$name.mkv" -c copy -f framemd5 "$media/$name.framemd5"
  done
  # VP9's configuration: version 1, profile 0, level 1, 8 bits of 4:2:0, BT.601.
  echo "#extradata 0: 12, $(printf '\1\0\0\0\0\x0a\x82\6\6\6\0\0' | md5sum)" >>"$media/vp9.framemd5"
}
