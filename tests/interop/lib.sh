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
