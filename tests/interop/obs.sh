#!/bin/bash
# OBS, where it and Xvfb are installed: it publishes to rtmpserversrc what it
# records itself, both from the same encoders.
. "$(dirname "$0")/lib.sh"
for program in obs Xvfb; do
  command -v $program >/dev/null || { skip obs/publishes "no $program"; exit; }
done

# Recording begins with streaming, and goes on when the server ends that.
write_settings ()
{
  local profile=$1/basic/profiles/Test scenes=$1/basic/scenes
  mkdir -p "$profile" "$scenes"
  cat >"$1/global.ini" <<END
[General]
FirstRun=true
InfoIncrement=99
EnableAutoUpdates=false
[Basic]
Profile=Test
ProfileDir=Test
SceneCollection=Test
SceneCollectionFile=Test
[BasicWindow]
RecordWhenStreaming=true
END
  cat >"$profile/basic.ini" <<END
[Output]
Mode=Simple
Reconnect=false
[SimpleOutput]
StreamEncoder=x264
UseAdvanced=true
Preset=veryfast
x264Settings=keyint=30 threads=1
VBitrate=500
ABitrate=64
RecQuality=Stream
RecFormat=flv
FilePath=$tmp/recordings
[Video]
BaseCX=320
BaseCY=180
OutputCX=320
OutputCY=180
FPSCommon=30
[Audio]
SampleRate=44100
ChannelSetup=Mono
END
  cat >"$profile/service.json" <<END
{ "type": "rtmp_custom", "settings": { "server": "rtmp://127.0.0.1:$port/live", "key": "cam" } }
END
  cat >"$scenes/Test.json" <<END
{ "name": "Test", "current_scene": "Scene", "current_program_scene": "Scene",
  "scene_order": [ { "name": "Scene" } ],
  "sources": [
    { "id": "scene", "name": "Scene",
      "settings": { "items": [ { "name": "Media", "id": 1, "visible": true } ] } },
    { "id": "ffmpeg_source", "name": "Media", "mixers": 255,
      "settings": { "local_file": "$media/avc_aac.flv", "looping": true } } ] }
END
}

start_screen ()
{
  start 60 Xvfb -displayfd 3 -nolisten tcp 3>"$tmp/display"
  until_true 10 test -s "$tmp/display"
  DISPLAY=:$(<"$tmp/display")
  export DISPLAY QT_QPA_PLATFORM=xcb LIBGL_ALWAYS_SOFTWARE=1
}

# part: what arrived is in the recording, which began earlier and ends later
part ()
{
  "$here/frames.py" part "$tmp"/recordings/*.flv "$tmp/taken.flv" >"$tmp/compared" 2>&1
}

publishes ()
{
  local server
  mkdir -p "$tmp/recordings"
  listen gst-launch-1.0 --no-fault --quiet rtmpserversrc num-buffers=400 \
    location="rtmp://127.0.0.1:@PORT@/live/cam" ! filesink location="$tmp/taken.flv"
  server=$pid
  write_settings "$tmp/obs-studio"
  start_screen
  HOME=$tmp XDG_CONFIG_HOME=$tmp XDG_RUNTIME_DIR=$tmp \
    start 60 obs --multi --startstreaming --minimize-to-tray
  wait "$server"
  until_true 10 part || { cat "$tmp/compared"; return 1; }
  cat "$tmp/compared"
  run 20 ffmpeg -v error -xerror -i "$tmp/taken.flv" -f null -
}

try obs/publishes publishes
exit "$failed"
