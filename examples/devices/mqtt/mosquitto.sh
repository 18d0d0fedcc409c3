#!/bin/sh
# A banner out of mosquitto_sub, mosquitto_pub, jq and a shell.
#
#     sh mosquitto.sh ID PASSWORD_FILE [HOST] [PORT] [CA]
#
# Whatever happens becomes a line in one pipe: records and news of the connection come from mosquitto_sub, the
# rest from clocks that run beside it. So this shell does one thing after the other, and has no races.
# Besides jq it wants what GNU systems have: mktemp, mkfifo, sha256sum, stdbuf, timeout, a sleep of fractions.
set -u
banner=${1:?ID} password_file=${2:?PASSWORD_FILE} host=${3:-127.0.0.1} port=${4:-1883} ca=${5:-}
topic=airdisplay/banner/$banner

newest='["",0]'           # the record by which we go: its `at` and `number`
shown=null text=          # what shows, its id as JSON
due=0 pause=1 waited=0    # seconds until the next hello, until the one after it, and since the last heartbeat
subscriber= ticker= timer=

# The password stands in files that are ours alone, because everybody can see what is in a command line.
# Both clients read their first options there.
umask 077
own=$(mktemp -d)
export XDG_CONFIG_HOME="$own"
for client in mosquitto_sub mosquitto_pub; do
  printf '%s\n' "-h $host" "-p $port" "-u $banner" "-P $(cat "$password_file")" ${ca:+"--cafile $ca"} >"$own/$client"
done
mkfifo "$own/news"
exec 3<>"$own/news" # open at both ends, so that neither waits for the other

# The client id is always the same, so that a new connection ends the one before, and none that others can guess,
# because whoever takes it throws us out. The server says the will for us when it loses us.
# QoS 0, and a clean session: nothing is kept for us, because after a gap we say hello, which is better.
# With -d it tells what happens to the connection; line by line, because otherwise that waits for a record.
subscribe() {
  stdbuf -oL mosquitto_sub -d -i "$banner-$(sha256sum <"$password_file" | cut -c 1-16)" -k 10 -t "$topic/state" \
    --will-topic "$topic/presence" --will-payload '{"leaving":"connection lost"}' >"$own/news" 2>&1 3>&- &
  subscriber=$!
}

# Publish, with QoS 0: what gets lost is said anew after the next connection. Bounded, because we wait for it.
say() { timeout 2 mosquitto_pub -t "$topic/$1" -m "$2" --quiet 2>"$own/said"; }

# Say what is really shown. Without `at`: a shell has no clock with milliseconds.
report() { say reported "{\"display_id\":$shown}"; }

hello() {
  say hello ""
  due=$pause pause=$((pause < 4 ? pause * 2 : 5))
}

become() { # ID TEXT: show that; `null` for nothing
  if [ "$1" != "$shown" ] || [ "$2" != "$text" ]; then
    if [ "$1" = null ]; then echo "$banner dark"; else echo "$banner shows: $2"; fi
  fi
  shown=$1 text=$2
}

# A record: live, or in answer to a hello, or an old one that took a detour. jq says nothing to what is none,
# and else four lines: its age, the id of the display unless that is over, the seconds it lasts, the text.
receive() { # RECORD
  printf '%s' "$1" | jq -r --argjson newest "$newest" '
    def seconds: (.[:19] + "Z" | fromdate) + (.[20:23] | tonumber / 1000);
    select((.at | type) == "string" and (.number | type) == "number" and (.state | has("display")))
    | if [.at, .number] <= $newest then "old" else
        (.state.display // {id: null, until: .at, text: ""}) as $display
        | ($display.until | seconds - now) as $left
        | ([.at, .number] | tojson), (if $left > 0 then $display.id else null end | tojson), $left, $display.text
      end' >"$own/record" 2>"$own/said"
  { read -r age && read -r id && read -r left && IFS= read -r words; } <"$own/record"
  case $age in
    "") return ;; # not a record; the next one will be
    old) ;;
    *)
      newest=$age
      if [ "$id" = null ]; then become null ""; else become "$id" "$words" && dark_in "$left"; fi
      ;;
  esac
  due=600 pause=1 # hello again in ten minutes, although nothing was missed
  report          # also if nothing is new: whoever sent it may not have heard what shows
}

# The display is over then, whether or not anybody is there to say so. Of several timers the last one counts.
dark_in() { # SECONDS
  if [ -n "$timer" ]; then kill "$timer" 2>"$own/said"; fi
  (sleep "$1" && echo "over $shown") >"$own/news" 3>&- &
  timer=$!
}

leave() { # CODE
  trap - TERM INT
  kill "$ticker" "$subscriber" ${timer:+"$timer"} 2>"$own/said"
  sleep 0.3 && kill -9 "$subscriber" 2>"$own/said" # it does not listen while it is not connected
  rm -r "$own"
  exit "$1"
}
trap 'say presence "{\"leaving\":\"switched off\"}"; leave 0' TERM INT

(while sleep 1; do echo tick; done) >"$own/news" 3>&- &
ticker=$!
subscribe

while IFS= read -r news <&3; do
  case $news in
    "{"*) receive "$news" ;;
    *"received PUBLISH"*"(0 bytes))") become null "" && report ;; # an empty record: the banner is no more
    "Subscribed "*": 0") # also after a gap: what was said meanwhile reached nobody, and what came was missed
      pause=1 waited=0
      hello
      say presence "{}"
      if [ "$newest" != '["",0]' ]; then report; fi
      ;;
    tick)
      waited=$((waited + 1)) due=$((due - 1))
      if [ "$waited" -ge 5 ]; then waited=0 && say presence "{}"; fi
      if [ "$due" -le 0 ]; then hello; fi
      kill -0 "$subscriber" 2>"$own/said" || subscribe # it did not find the server
      ;;
    "over $shown") become null "" && report ;;
    *"not authorised"* | *denied*)
      echo "$banner: refused by the server: $news" >&2
      leave 1
      ;;
  esac
done
