#!/bin/bash
# Each property and URI scheme of the elements that GStreamer ships is one of
# ours, with the type, range, default and flags, but for the list in
# docs/migrating.md. That list has nothing that is not so. The page of each
# element names all that it has beside those of its base classes.
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

# in_page ELEMENT BASE: its page, or one that this refers to, names each property
in_page ()
{
  local pages=$top/docs/elements
  { cat "$pages/$1.md"
    grep -o '](rtmp[a-z]*\.md' "$pages/$1.md" | sed 's/](//' | (cd "$pages" && xargs cat)
  } | grep -o '`[a-z-]*`' | tr -d '`' >"$tmp/named"
  { gst-inspect-1.0 "$1" && echo ===== && gst-inspect-1.0 "$2" && gst-inspect-1.0 bin; } |
      "$here/properties.py" --more >"$tmp/own" || return
  [ -s "$tmp/own" ] && ! grep -vxFf "$tmp/named" "$tmp/own"
}

for of in rtmpsink:fakesink rtmpsrc:fakesrc rtmpserversink:fakesink rtmpserversrc:fakesrc \
    rtmpmux:audiomixer rtmpdemux:funnel; do
  try "properties/page-of-${of%:*}" in_page ${of/:/ }
done
exit "$failed"
