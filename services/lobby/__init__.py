"""The lobby service: finds a free banner for whoever takes any."""
