# Sourced by every test script: a temporary folder, processes that cannot
# outlive the script, an nginx-rtmp of our own, and numbered test cases.
# shellcheck shell=bash
set -uo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
builds=${BUILDS:-$top}
# The space is on purpose: every path has one in every run.
tmp=$(mktemp -d "${TMPDIR:-/tmp}/gst-rtmp test.XXXXXX")
media=$top/tests/files/media
failed=0
# nginx is not in every user's path.
PATH=$PATH:/usr/sbin:/sbin

die ()
{
  echo "$*" >&2
  exit 1
}

# --- processes

# Each one started leads a process group, which ends with the shell it belongs to.
guard ()
{
  groups=()
  trap stop_all EXIT
  trap 'exit 143' INT TERM HUP
}

stop_all ()
{
  # A second signal must not end this.
  trap '' INT TERM HUP
  for group in ${groups[@]+"${groups[@]}"}; do
    stop "$group"
  done
}

stop ()
{
  kill -- "-$1" && wait "$1" || true
} 2>/dev/null

# start SECONDS COMMAND...: in the background, its id in $pid
start ()
{
  setsid timeout -k 5 "$@" </dev/null &
  pid=$!
  groups+=("$pid")
}

# run SECONDS COMMAND...: in the foreground, yet a signal ends it at once
run ()
{
  start "$@"
  wait "$pid"
}

# until_true SECONDS COMMAND...: polls; fails when the time is up
until_true ()
{
  local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
  shift
  until "$@"; do
    [ "${EPOCHREALTIME/[.,]/}" -lt "$end" ] || return 1
    sleep 0.02
  done
}

guard
trap 'stop_all; rm -rf "$tmp"' EXIT

# --- test cases

# try NAME COMMAND...: one case, in a shell of its own
try ()
{
  local name=$1
  shift
  (guard && set -e && "$@") >"$tmp/log" 2>&1 </dev/null &
  if wait $!; then
    echo "ok - $name"
  else
    echo "not ok - $name"
    tail -n 25 "$tmp/log" | sed 's/^/    | /'
    failed=1
    return 1
  fi
}

# skip NAME WHY: one that this machine cannot run
skip ()
{
  echo "skip - $1: $2"
}

# --- servers

free_port ()
{
  python3 -c 'import socket; s = socket.socket (); s.bind (("127.0.0.1", 0)); print (s.getsockname ()[1])'
}

# listening PORT: asks the kernel, for a connection could be the only one taken
listening ()
{
  grep -qi "^ *[0-9]*: [0-9A-F]*:$(printf '%04X' "$1") [0-9A-F:]* 0A " /proc/net/tcp /proc/net/tcp6
}

nginx_config ()
{
  cat <<END
daemon off;
master_process off;
pid nginx.pid;
error_log nginx.log info;
load_module "$(find /usr/lib/nginx/modules /usr/lib64/nginx/modules -name ngx_rtmp_module.so 2>/dev/null | head -1)";
events { worker_connections 4096; }
rtmp {
  access_log off;
  server {
    listen 127.0.0.1:$PORT;
    application live {
      live on;
      wait_key on;
      record all;
      record_path "$tmp/recorded";
    }
    application told {
      live on;
      wait_key on;
      publish_notify on;
    }
    application vod {
      play "$tmp/recorded" "$media";
    }
    ${nginx_applications:-}
  }
}
END
}

# Serves $PORT, with $nginx_applications beside what follows: what is published to live/NAME is recorded in
# $tmp/recorded/NAME.flv; vod/NAME.flv plays that, or tests/files/media/NAME.flv.
# Players of told/NAME are told by a status, too, that the stream has ended.
start_nginx ()
{
  mkdir -p "$tmp/recorded"
  for _ in 1 2 3; do
    PORT=$(free_port)
    nginx_config >"$tmp/nginx.conf"
    # nginx writes its id when it listens, and ends when it cannot.
    start "${1:-900}" nginx -e "$tmp/nginx.log" -p "$tmp" -c nginx.conf
    until_true 10 nginx_settled "$pid"
    if [ -s "$tmp/nginx.pid" ]; then
      export PORT
      return
    fi
    stop "$pid"
  done
  echo "nginx with its RTMP module does not start:" >&2
  tail -n 5 "$tmp/nginx.log" >&2
  return 1
}

nginx_settled ()
{
  [ -s "$tmp/nginx.pid" ] || ! kill -0 "$1" 2>/dev/null
}

# recorded NAME: nginx has the file and has closed it
recorded ()
{
  [ -s "$tmp/recorded/$1.flv" ] &&
      ! find "/proc/$(<"$tmp/nginx.pid")/fd" -lname "$tmp/recorded/$1.flv" | grep -q .
}

# --- the plugin

# build FOLDER TARGET [MESON OPTION...]: quiet unless it fails
build ()
{
  local folder=$1 target=$2 again=()
  shift 2
  # Each time, for meson looks at which tests exist.
  [ ! -f "$folder/build.ninja" ] || again=(--reconfigure)
  run 120 meson setup ${again[@]+"${again[@]}"} "$@" "$folder" "$top" >"$tmp/build.log" 2>&1 &&
      run 900 ninja -C "$folder" "$target" >>"$tmp/build.log" 2>&1 ||
      { tail -n 40 "$tmp/build.log"; return 1; }
}

# use_plugin FOLDER: our plugin before the system's, with a registry of its own
use_plugin ()
{
  export GST_PLUGIN_PATH=$1 GST_REGISTRY=$tmp/registry.bin
  export GST_DEBUG_NO_COLOR=1 NO_COLOR=1
}

# comes_from ELEMENT FILE
comes_from ()
{
  local file
  file=$(gst-inspect-1.0 "$1" | sed -n 's/^ *Filename *//p')
  [ -n "$file" ] && [ "$file" -ef "$2" ] && return
  echo "$1 comes from ${file:-nowhere}, not from $2" >&2
  return 1
}
