"""The banner service: owns what every banner shows."""
