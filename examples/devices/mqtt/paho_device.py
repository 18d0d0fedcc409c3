"""A banner over MQTT 3.1.1, with paho-mqtt.

python paho_device.py ID PASSWORD_FILE [HOST] [PORT] [CA]

The protocol is that of NATS, on topics with `/`. Which QoS, and why, stands where it is chosen.
"""

import hashlib
import json
import math
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

HEARTBEAT_SECONDS = 5
HELLO_SECONDS = (0.25, 5)  # until the second hello, and between later ones
STILL_RIGHT_SECONDS = 600  # then hello although nothing was missed
RECONNECT_SECONDS = 1
LOOK_SECONDS = 0.02


def now() -> str:
    """The time as it stands on the wire. Its form is fixed, so that texts compare as the times do."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Device:
    """What one banner shows, the record by which it does, and what is due when."""

    def __init__(self, banner: str, password: str) -> None:
        self.banner = banner
        self.newest = ("", 0)
        self.display: dict[str, Any] | None = None
        self.hello_at = self.beat_at = math.inf  # until there is a connection
        self.pause = 0.0
        self.ended = ""
        self.refused = ""
        # One client id has one connection: always the same, so that a new one ends the one before at once;
        # and one that nobody can guess, because whoever takes it throws us out.
        client_id = f"{banner}-{hashlib.sha256(password.encode()).hexdigest()[:16]}"
        self.client = client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            clean_session=True,  # nothing is kept for us: after a gap we say hello, which is better
            protocol=mqtt.MQTTv311,
        )
        client.username_pw_set(banner, password)
        # The server says goodbye for us when we are cut off. Not retained: it is true once.
        client.will_set(self.topic("presence"), json.dumps({"leaving": "connection lost"}), qos=0)
        client.on_connect = self.on_connect
        client.on_subscribe = self.on_subscribe
        client.on_message = self.on_message

    def topic(self, kind: str) -> str:
        """Where that is said of this banner."""
        return f"airdisplay/banner/{self.banner}/{kind}"

    def say(self, what: str, qos: int = 0, **fields: object) -> mqtt.MQTTMessageInfo | None:
        """Publish, with QoS 0: a second try would bring old news, and all of it is said anew anyway."""
        if not self.client.is_connected():
            return None
        return self.client.publish(self.topic(what), json.dumps(fields) if fields else b"", qos)

    def on_connect(
        self, client: mqtt.Client, _data: object, _flags: object, code: Any, _more: object
    ) -> None:
        """Subscribe first. With QoS 0: records come with that from the server in any case."""
        if code.is_failure:
            self.refused = f"the server does not let us in: {code}"
        else:
            client.subscribe(self.topic("state"), qos=0)

    def on_subscribe(
        self, _client: object, _data: object, _mid: int, codes: list[Any], _more: object
    ) -> None:
        """Say hello then, so that nothing is missed between the two; also after a gap."""
        if codes[0].is_failure:
            self.refused = "these are not the credentials of this banner"
            return
        self.beat_at, self.hello_at, self.pause = 0, 0, HELLO_SECONDS[0]
        if self.newest[0]:
            self.report()

    def on_message(self, _client: object, _data: object, message: mqtt.MQTTMessage) -> None:
        """A record: live, or in answer to a hello, or an old one that took a detour."""
        try:
            if message.payload:
                record = json.loads(message.payload)
                age, display = (record["at"], record["number"]), record["state"]["display"]
            else:
                age, display = self.newest, None  # the banner is no more, and shows nothing
            if age > self.newest or not message.payload:
                self.become(display)
                self.newest = age
        except (ValueError, TypeError, KeyError):
            return  # not a record; the next one will be
        self.hello_at = time.monotonic() + STILL_RIGHT_SECONDS
        self.report()  # also if nothing is new: whoever sent it may not have heard what shows

    def become(self, display: dict[str, Any] | None) -> None:
        """Show that, unless it is over."""
        display = display if display and now() < display["until"] else None
        if display != self.display:
            self.display = display
            print(self.banner, f"shows: {display['text']}" if display else "dark", flush=True)

    def report(self) -> None:
        """Say what is really shown. No revision: MQTT has no headers that could have told it."""
        self.say("reported", display_id=self.display["id"] if self.display else None, at=now())

    def look(self) -> None:
        """Do what is due."""
        if self.display and now() >= self.display["until"]:  # whether or not anybody is there to say so
            self.become(None)
            self.report()
        if time.monotonic() >= self.beat_at:
            self.beat_at = time.monotonic() + HEARTBEAT_SECONDS
            self.say("presence", at=now())
        if time.monotonic() >= self.hello_at:
            self.hello_at = time.monotonic() + self.pause
            self.pause = min(2 * self.pause, HELLO_SECONDS[1])
            self.say("hello")

    def end(self, _signal: int, _frame: object) -> None:
        """Somebody switched it off."""
        self.ended = "switched off"

    def live(self, host: str, port: int) -> None:
        """Connect, and again whenever the connection is lost, until it is ended or refused."""
        self.client.connect_async(host, port, keepalive=2 * HEARTBEAT_SECONDS)
        reconnect_at = 0.0
        while not self.ended and not self.refused:
            if self.client.loop(LOOK_SECONDS) != mqtt.MQTT_ERR_SUCCESS:
                if time.monotonic() >= reconnect_at:
                    reconnect_at = time.monotonic() + RECONNECT_SECONDS
                    try:
                        self.client.reconnect()
                    except OSError:
                        continue  # nobody there yet
                time.sleep(LOOK_SECONDS)
            self.look()
        # A goodbye with QoS 1: this once we wait until the server has it, because nothing comes after it.
        if goodbye := self.say("presence", qos=1, at=now(), leaving=self.ended):
            while not goodbye.is_published() and self.client.loop(1) == mqtt.MQTT_ERR_SUCCESS:
                pass
        self.client.disconnect()


def main(
    banner: str, password_file: str, host: str = "127.0.0.1", port: str = "1883", ca: str | None = None
) -> str | None:
    """Be the banner until somebody ends it; why the server refused that, if it did."""
    device = Device(banner, Path(password_file).read_text(encoding="ascii").strip())
    if ca:
        device.client.tls_set(ca)
    signal.signal(signal.SIGTERM, device.end)
    signal.signal(signal.SIGINT, device.end)
    device.live(host, int(port))
    return f"{banner}: refused by the server: {device.refused}" if device.refused else None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
