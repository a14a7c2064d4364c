#!/bin/bash
# rtmps in both directions, through stunnel in front of nginx-rtmp: the very
# frames arrive, and a server or a client that is not trusted is refused.
. "$(dirname "$0")/lib.sh"
tls=$top/tests/files/tls
start_nginx || exit 1

# service ACCEPT NAME CERTIFICATE [OPTION...]: one service of stunnel
service ()
{
  printf '[%s]\naccept = 127.0.0.1:%s\nconnect = 127.0.0.1:%s\ncert = %s\nkey = %s\n' \
    "$2" "$1" "$PORT" "$tls/$3.pem" "$tls/server.key"
  printf '%s\n' "${@:4}"
}

# start_stunnel: the services, each at a port of its own: $good, $expired...
start_stunnel ()
{
  for _ in 1 2 3; do
    good=$(free_port) expired=$(free_port) demanding=$(free_port) old=$(free_port)
    {
      printf 'foreground = yes\npid =\ndebug = info\n'
      service "$good" good server
      service "$expired" expired expired
      service "$demanding" demanding server "CAfile = $tls/ca.pem" 'verifyChain = yes'
      service "$old" old server "CAfile = $tls/ca.pem" 'verifyChain = yes' 'sslVersionMax = TLSv1.2'
    } >"$tmp/stunnel.conf"
    start 900 stunnel "$tmp/stunnel.conf" 2>"$tmp/stunnel.log"
    until_true 10 stunnel_settled "$pid"
    listening "$good" && listening "$old" && return
    stop "$pid"
  done
  echo "stunnel does not start:" >&2
  tail -n 5 "$tmp/stunnel.log" >&2
  return 1
}

stunnel_settled ()
{
  listening "$old" || ! kill -0 "$1" 2>/dev/null
}

as_client ()
{
  printf '%s\n' "tls-certificate-file=$tls/$1.pem" "tls-key-file=$tls/server.key"
}

# publish PORT FILE NAME SYNC [PROPERTY...]
publish ()
{
  gst filesrc location="$media/$2.flv" ! "$SINK" sync="$4" "${@:5}" \
    location="rtmps://${host:-127.0.0.1}:$1/live/$3"
}

published ()
{
  publish "$1" "$2" "$3" "$4" tls-ca-file="$tls/ca.pem" "${@:5}"
  recording "$3" equal "$media/$2.flv"
}

# played PORT FILE [PROPERTY...]
played ()
{
  gst "$SRC" location="rtmps://127.0.0.1:$1/vod/$2.flv" tls-ca-file="$tls/ca.pem" "${@:3}" \
    ! filesink location="$tmp/played.flv"
  "$here/frames.py" equal "$media/$2.flv" "$tmp/played.flv"
}

both_ways_at_once ()
{
  start 30 gst-launch-1.0 --no-fault --quiet "$SRC" tls-ca-file="$tls/ca.pem" \
    location="rtmps://127.0.0.1:$good/live/both" ! filesink location="$tmp/played.flv"
  local player=$pid
  until_true 10 grep -q "play: name='both'" "$tmp/nginx.log"
  published "$good" avc_aac both true
  wait "$player"
  "$here/frames.py" equal "$media/avc_aac.flv" "$tmp/played.flv"
}

# refused WORDS PORT [PROPERTY...]: with that in what the user reads, both ways
refused ()
{
  local host=${host:-127.0.0.1}
  ! publish "$2" avc_aac refused false "${@:3}" >"$tmp/why" 2>&1 || return 1
  cat "$tmp/why"
  grep -q "^ERROR: from element .*$1" "$tmp/why" || return 1
  ! gst "$SRC" location="rtmps://$host:$2/vod/avc_aac.flv" "${@:3}" ! fakesink \
    >"$tmp/why" 2>&1 || return 1
  grep -q "^ERROR: from element .*$1" "$tmp/why" || return 1
  [ ! -e "$tmp/recorded/refused.flv" ]
}

plain_server ()
{
  refused 'for plain RTMP write rtmp://' "$PORT" timeout=1 tls-ca-file="$tls/ca.pem"
}

forgotten ()
{
  ! gst "$SRC" location="rtmp://127.0.0.1:$good/vod/avc_aac.flv" ! fakesink >"$tmp/why" 2>&1 ||
    return 1
  cat "$tmp/why"
  grep -q '^ERROR: from element .*write rtmps://' "$tmp/why"
}

start_stunnel || exit 1
for name in avc_aac h263_speex; do
  try "rtmps-nginx/$name-published" published "$good" "$name" "$name" false
  try "rtmps-nginx/$name-played" played "$good" "$name"
done
try rtmps-nginx/both-ways-at-once both_ways_at_once
for port in demanding old; do
  mapfile -t ours < <(as_client client)
  try "rtmps-nginx/published-with-a-certificate-$port" \
    published "${!port}" avc_aac "with-$port" false "${ours[@]}"
  try "rtmps-nginx/played-with-a-certificate-$port" played "${!port}" avc_aac "${ours[@]}"
  try "rtmps-nginx/refused-without-a-certificate-$port" \
    refused 'wants a certificate of ours' "${!port}" tls-ca-file="$tls/ca.pem"
  mapfile -t ours < <(as_client other-client)
  try "rtmps-nginx/refused-with-another-certificate-$port" \
    refused 'did not accept our certificate' "${!port}" tls-ca-file="$tls/ca.pem" "${ours[@]}"
done
try rtmps-nginx/refused-other-authority \
  refused 'an issuer that is not trusted' "$good" tls-ca-file="$tls/other-ca.pem"
host=localhost try rtmps-nginx/refused-other-name \
  refused 'is for another host' "$good" tls-ca-file="$tls/ca.pem"
try rtmps-nginx/refused-expired refused 'has expired' "$expired" tls-ca-file="$tls/ca.pem"
try rtmps-nginx/refused-plain-server plain_server
try rtmps-nginx/refused-plain-client forgotten
exit "$failed"
