#!/bin/bash
# node-media-server between us and FFmpeg: ours publishes and FFmpeg plays, and
# the other way round; Enhanced RTMP, which this FFmpeg does not know, from us to
# us. It never ends a stream that is played, for the publisher may come again:
# what has arrived is looked at while the player waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/peers.sh"
server=$npm/node-media-server
if [ ! -d "$server" ]; then
  skip node-media-server "tests/setup installs it where npm and Node.js 20 are"
  exit
fi

start_server ()
{
  for _ in 1 2 3; do
    port=$(free_port)
    cat >"$tmp/config.json" <<END
{ "bind": "127.0.0.1", "rtmp": { "port": $port }, "store": { "path": "$tmp/store" },
  "auth": { "jwt": { "users": [] } } }
END
    start 300 node "$server/bin/app.js" --config "$tmp/config.json" >"$tmp/server.log" 2>&1
    until_true 10 listening "$port" && return
    stop "$pid"
  done
  tail -n 5 "$tmp/server.log" >&2
  return 1
}

plays ()
{
  grep -q "start play /live/$1" "$tmp/server.log"
}

# Each one plays the stream $1 into $tmp/played.flv.
ours_plays ()
{
  start 30 gst-launch-1.0 --no-fault --quiet \
    "$SRC" location="rtmp://127.0.0.1:$port/live/$1" ! filesink buffer-mode=unbuffered location="$tmp/played.flv"
}

ffmpeg_plays ()
{
  # It holds the last frames back until four seconds of silence have ended it.
  start 30 ffmpeg -v error -y -copyts -rw_timeout 4000000 -i "rtmp://127.0.0.1:$port/live/$1" \
    -map 0 -c copy -flvflags no_duration_filesize "$tmp/played.flv"
}

# ours_publishes FILE STREAM
ours_publishes ()
{
  gst filesrc location="$media/$1.flv" ! "$SINK" location="rtmp://127.0.0.1:$port/live/$2"
}

ffmpeg_publishes ()
{
  run 30 ffmpeg -v error -re -i "$media/$1.flv" -copyts -map 0 -c copy -f flv \
    "rtmp://127.0.0.1:$port/live/$2"
}

arrived ()
{
  "$here/frames.py" equal "$media/$1.flv" "$tmp/played.flv" >"$tmp/compared" 2>&1
}

# Each one has the tracks in FLV, or one by one, and waits for coded.py to be content.
flv ()
{
  start 30 gst-launch-1.0 --no-fault --quiet \
    "$SRC" location="rtmp://127.0.0.1:$port/live/$1" ! filesink buffer-mode=unbuffered location="$tmp/played.flv"
  until_true 10 plays "$1"
  gst filesrc location="$media/$2.flv" ! "$SINK" sync=false location="rtmp://127.0.0.1:$port/live/$1"
  until_true 10 arrived_coded equal "$2"
}

elementary ()
{
  # shellcheck disable=SC2046
  start 30 gst-launch-1.0 --no-fault --quiet "$SRC" name=s location="rtmp://127.0.0.1:$port/live/$1" $(tracks s m) \
    rtmpmux name=m streamable=true ! filesink buffer-mode=unbuffered location="$tmp/played.flv"
  until_true 10 plays "$1"
  # The server takes these codecs, and does not say so.
  # shellcheck disable=SC2046
  gst filesrc location="$media/$2.flv" ! rtmpdemux name=d $(tracks d s) \
    "$SINK" name=s sync=false enhanced-codecs=hvc1,av01,vp09,Opus location="rtmp://127.0.0.1:$port/live/$1"
  until_true 10 arrived_coded tracks "$2"
}

arrived_coded ()
{
  "$here/coded.py" "$1" "$media/$2.flv" "$tmp/played.flv" >"$tmp/compared" 2>&1 &&
      "$here/coded.py" "$1" "$media/$2.framemd5" "$tmp/played.flv" >"$tmp/compared" 2>&1
}

# relayed HOW FILE
relayed ()
{
  rm -f "$tmp/played.flv"
  "$1" "$1-$2" "$2" || { cat "$tmp/compared"; return 1; }
  cat "$tmp/compared"
}

# between PUBLISHER PLAYER FILE
between ()
{
  local stream=$1-$2-$3
  rm -f "$tmp/played.flv"
  "$2_plays" "$stream"
  until_true 10 plays "$stream"
  "$1_publishes" "$3" "$stream"
  until_true 10 arrived "$3" || { cat "$tmp/compared"; return 1; }
}

# --- its own client: what is published as there/in it pushes to our server, from
# which it pulls what is played as there/out

# Whom it asks to begin loses what comes in the same read: it is there before the media.
relay_server ()
{
  listen node -e '
    const [server, port, ours, store] = process.argv.slice (1);
    const NodeMediaServer = require (server);
    const nms = new NodeMediaServer ({ bind: "127.0.0.1", rtmp: { port: +port },
      store: { path: store }, auth: { jwt: { users: [] } } });
    const add = (mode, way) => nms.relayServer.addTask ({ mode, reconnect: false,
      streamPath: "/there/" + way, url: ours + way });
    nms.on ("postPublish", session => session.streamPath == "/there/in" && add ("push", "in"));
    nms.run ().then (() => add ("pull", "out"));
    ' "$server" @PORT@ "$1" "$tmp/relay-store" >"$tmp/server.log" 2>&1
}

relays ()
{
  listen "$tools/callers" rtmpserversrc location=rtmp://127.0.0.1:@PORT@/live/in ! queue ! \
    rtmpserversink sync=false location=rtmp://127.0.0.1:@PORT@/live/out >"$tmp/callers"
  relay_server "rtmp://127.0.0.1:$port/live/"
  until_true 10 callers_are 1 rtmpserversink
  start 30 gst-launch-1.0 --no-fault --quiet \
    "$SRC" location="rtmp://127.0.0.1:$port/there/out" ! filesink buffer-mode=unbuffered location="$tmp/played.flv"
  until_true 10 grep -q 'start play /there/out' "$tmp/server.log"
  gst filesrc location="$media/$1.flv" ! "$SINK" location="rtmp://127.0.0.1:$port/there/in"
  until_true 10 arrived "$1" || { cat "$tmp/compared"; return 1; }
}

start_server && with_vpx || exit 1
try node-media-server/pushes-and-pulls relays avc_aac
for name in avc_aac avc_mp3; do
  for player in ours ffmpeg; do
    try "node-media-server/$name-we-publish-$player-plays" between ours "$player" "$name"
  done
  try "node-media-server/$name-ffmpeg-publishes-we-play" between ffmpeg ours "$name"
done
while read -r name names; do
  for how in flv elementary; do
    try "node-media-server/$name-through-ours-in-$how" relayed "$how" "$name"
  done
done <<END
hevc_aac video_0 audio_0
hevc_hdr10 video_0 audio_0
av1_opus video_0 audio_0
vp9 video_0
END
exit "$failed"
