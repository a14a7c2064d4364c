#!/bin/bash
# Each property and URI scheme of the elements that GStreamer ships is one of
# ours, with the type, range, default and flags, but for the list in
# docs/migrating.md. That list has nothing that is not so.
. "$(dirname "$0")/lib.sh"

# listed ELEMENT: its lines of the list, without the reason
listed ()
{
  sed -n "s/^\(| \`$1\` | .* |\) [^|]* |\$/\1/p" "$top/docs/migrating.md" | sort
}

as_listed ()
{
  { with_system gst-inspect-1.0 "$1" && echo ===== && gst-inspect-1.0 "$2"; } |
      "$here/properties.py" "$1" "$2" | sort >"$tmp/differences"
  diff <(listed "$1") "$tmp/differences"
}

with_system comes_from rtmpsink "$system_plugin" || exit 1
try properties/rtmp2sink as_listed rtmp2sink rtmpsink
try properties/rtmp2src as_listed rtmp2src rtmpsrc
try properties/rtmpsink-of-librtmp as_listed rtmpsink rtmpsink
try properties/rtmpsrc-of-librtmp as_listed rtmpsrc rtmpsrc
exit "$failed"
