"""The hardware of a banner, straight on NATS: the protocol of docs/hardware.md for programs in Python."""

from airdisplay_device.device import Device, Panel
from airdisplay_device.line import Line
from airdisplay_device.machine import Machine
from airdisplay_device.nats_line import NatsLine

__all__ = ["Device", "Line", "Machine", "NatsLine", "Panel"]
