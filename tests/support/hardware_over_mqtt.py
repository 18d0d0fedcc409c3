"""Hardware over MQTT 3.1.1, which tries what it may not."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

_SECONDS: Final = 10.0
_WILDCARDS: Final = {"*": "+", ">": "#"}


class Tried:
    """A connection. What the server answers is waited for."""

    def __init__(self, port: int, name: str, password: str) -> None:
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv311)
        self._client.username_pw_set(name, password)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_disconnect = self._on_disconnect
        self._answered = threading.Event()
        self._refused = True
        self.connected = False
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._answered.wait(_SECONDS), "the server does not answer"

    def may_hear(self, subject: str) -> bool:
        """Subscribe, and unsubscribe again."""
        topic = as_topic(subject)
        if topic is None:
            return False
        self._answered.clear()
        self._client.subscribe(topic)
        assert self._answered.wait(_SECONDS), "the server does not answer"
        if not self._refused:
            self._client.unsubscribe(topic)
        return not self._refused

    def say(self, subject: str, what: bytes) -> None:
        """Publish; returns once the server has dealt with it, whatever it thought of it."""
        topic = as_topic(subject)
        assert topic is not None
        self._client.publish(topic, what, qos=1).wait_for_publish(_SECONDS)

    def close(self) -> None:
        """Go."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, _client: Any, _data: Any, _flags: Any, reason: ReasonCode, _more: Any) -> None:
        self.connected = not reason.is_failure
        self._answered.set()

    def _on_subscribe(
        self, _client: Any, _data: Any, _id: int, reasons: list[ReasonCode], _more: Any
    ) -> None:
        self._refused = reasons[0].is_failure
        self._answered.set()

    def _on_disconnect(self, _client: Any, _data: Any, _flags: Any, _reason: ReasonCode, _more: Any) -> None:
        self._answered.set()


@contextmanager
def over_mqtt(port: int, name: str, password: str) -> Generator[Tried]:
    """A connection until the block is left."""
    tried = Tried(port, name, password)
    try:
        yield tried
    finally:
        tried.close()


def as_topic(subject: str) -> str | None:
    """The topic that the server makes this subject of; None where there is none."""
    tokens = [_WILDCARDS.get(token, token) for token in subject.split(".")]
    return None if any(not token or " " in token for token in tokens) else "/".join(tokens)
