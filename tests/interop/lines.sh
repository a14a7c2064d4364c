#!/bin/bash
# The lines of docs/migrating.md, with the elements that GStreamer ships and
# with ours: what arrives at nginx-rtmp, in files and on the terminal is equal.
. "$(dirname "$0")/lib.sh"
start_nginx || exit 1
export RTMP=rtmp://127.0.0.1:$PORT/live VOD=rtmp://127.0.0.1:$PORT/vod
# Relative, for the lines do not quote it: this path may have a space.
export HOST=127.0.0.1 FILES=files

# lines: each one, its name before a tab
lines ()
{
  awk -F' *[|] *' '
    /^\| what \| line \|/ { on = 1; next }
    !/^\|/ { on = 0 }
    on && $3 ~ /^`/ { gsub (/`/, "", $3); print $2 "\t" $3 }' "$top/docs/migrating.md"
}

# For lines that play $RTMP/now: the stream begins when they wait for it.
publish_now ()
{
  until_true 10 grep -q "play: name='now'" "$tmp/nginx.log"
  run 20 ffmpeg -v error -re -i "$media/avc_aac.flv" -copyts -map 0 -c copy -f flv "$RTMP/now"
}

# launch FOLDER LINE: what comes of it is in FOLDER when nginx has all of it
launch ()
{
  local name
  mkdir "$1" && cd "$1" && ln -s "$top/tests/files" files || return
  if [[ "$2" = *'$RTMP/now'* ]]; then
    publish_now &
  fi
  eval "gst $2" >printed
  for name in key second; do
    grep -q "publish: name='$name'" "$tmp/nginx.log" || continue
    until_true 10 recorded "$name" || return 1
    mv "$tmp/recorded/$name.flv" .
  done
  : >"$tmp/nginx.log"
}

# as_before NEW OLD: media by their frames
as_before ()
{
  case $1 in
    *.flv) "$here/frames.py" but-last "$1" "$2" ;;
    *) cmp "$1" "$2" ;;
  esac
}

# Properties that GStreamer 1.22 does not have change nothing in these lines.
newer='extra-connect-args="[^"]*"|no-eof-is-error=[a-z]*'

either ()
{
  local file
  with_system launch "$tmp/old" "$(sed -E "s/ ($newer)//g" <<<"$1")"
  find "$tmp/old" -type f -size +0 | grep -q .
  launch "$tmp/new" "$(sed 's/rtmp2\(src\|sink\)/rtmp\1/g' <<<"$1")"
  [ "$(cd "$tmp/old" && ls)" = "$(cd "$tmp/new" && ls)" ]
  for file in "$tmp/old"/*; do
    [ -f "$file" ] || continue
    as_before "$tmp/new/${file##*/}" "$file"
  done
}

with_system comes_from rtmpsink "$system_plugin" || exit 1
tests=0
while IFS=$'\t' read -r name line; do
  rm -rf "$tmp/old" "$tmp/new"
  try "lines/$name" either "$line"
  ((++tests))
done < <(lines)
[ "$tests" -ge 30 ] || { echo "not ok - lines: only $tests in docs/migrating.md"; failed=1; }
exit "$failed"
