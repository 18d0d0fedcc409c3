"""Settings: from a flag, else from the variable of the same name, else as documented."""

import click
import pytest
from click.testing import CliRunner

from shared import settings


@click.command()
@settings.nats_url
@settings.nats_port
@settings.http_host
@settings.http_port
@settings.data_dir
@settings.replicas
@settings.banners
@settings.display_ttl
@settings.rate_limit
@settings.trusted_proxies
@settings.requests_at_most
@settings.connections_at_most
@settings.auth_keys
@settings.auth_audience
@settings.auth_issuer
@settings.guests
@settings.http_origins
@settings.http_hosts
def show(**values: object) -> None:
    """Say what was set."""
    for name, value in sorted(values.items()):
        click.echo(f"{name}={value}")


def said(arguments: list[str], environment: dict[str, str] | None = None) -> dict[str, str]:
    """What the command makes of these."""
    result = CliRunner().invoke(show, arguments, env=environment)
    assert 0 == result.exit_code, result.output
    return dict(line.split("=", 1) for line in result.output.splitlines())


def test_nothing_set_means_what_the_documents_say() -> None:
    assert {
        "nats_url": "nats://127.0.0.1:4222",
        "nats_port": "4222",
        "http_host": "127.0.0.1",
        "http_port": "8000",
        "data_dir": ".airdisplay",
        "replicas": "1",
        "banners": "12",
        "display_ttl": "60.0",
        "rate_limit": "on",
        "trusted_proxies": "",
        "requests_at_most": "512",
        "connections_at_most": "10000",
        "auth_keys": "None",
        "auth_audience": "airdisplay",
        "auth_issuer": "None",
        "guests": "None",
        "http_origins": "()",
        "http_hosts": "()",
    } == said([])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nats-url", "nats://elsewhere:1"),
        ("nats-port", "1"),
        ("http-host", "0.0.0.0"),
        ("http-port", "65535"),
        ("data-dir", "there"),
        ("replicas", "3"),
        ("banners", "0"),
        ("display-ttl", "0.1"),
        ("rate-limit", "off"),
        ("trusted-proxies", "192.0.2.1,10.0.0.0/8"),
        ("requests-at-most", "1"),
        ("connections-at-most", "1"),
        ("auth-keys", "keys.json"),
        ("auth-audience", "us"),
        ("auth-issuer", "https://id.example"),
        ("guests", "off"),
    ],
)
def test_a_setting_is_a_flag_and_a_variable_of_the_same_name(name: str, value: str) -> None:
    key = name.replace("-", "_")
    variable = {f"AIRDISPLAY_{key.upper()}": value}

    assert value == said([f"--{name}", value])[key]
    assert value == said([], variable)[key]
    assert value == said([f"--{name}", value], {**variable, "AIRDISPLAY_HTTP_PORT": "9"})[key]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nats-port", "0"),
        ("http-port", "65536"),
        ("replicas", "6"),
        ("banners", "-1"),
        ("banners", "10001"),
        ("display-ttl", "0.09"),
        ("display-ttl", "86401"),
        ("display-ttl", "long"),
        ("requests-at-most", "0"),
        ("connections-at-most", "0"),
        ("guests", "operator"),
        ("http-origins", "*"),
        ("http-origins", "https://*.example"),
        ("http-origins", "app.example"),
        ("http-origins", "https://app.example/"),
        ("http-origins", "https://app.example https://other.example"),
        ("http-origins", "null"),
        ("http-hosts", "https://air.example"),
        ("http-hosts", "*"),
    ],
)
def test_a_value_out_of_bounds_is_refused_by_its_name(name: str, value: str) -> None:
    result = CliRunner().invoke(show, [f"--{name}", value])

    assert 2 == result.exit_code
    assert f"Invalid value for '--{name}'" in result.output


@pytest.mark.parametrize(
    ("text", "networks"),
    [
        ("", ()),
        ("192.0.2.1", ("192.0.2.1",)),
        (" 10.0.0.0/8, 2001:db8::/32,", ("10.0.0.0/8", "2001:db8::/32")),
    ],
)
def test_proxies_are_named_by_address_or_network(text: str, networks: tuple[str, ...]) -> None:
    assert networks == settings.networks_in(text)


@pytest.mark.parametrize("text", ["*", "proxy", "10.0.0.1/8", "192.0.2.1;192.0.2.2"])
def test_what_is_neither_address_nor_network_is_no_proxy(text: str) -> None:
    with pytest.raises(click.BadParameter):
        settings.networks_in(text)


def test_several_stand_with_commas() -> None:
    told = ["--http-origins", "https://App.example, http://[::1]:3000,", "--http-hosts", "a.example,b"]

    found = said(told)

    assert "('https://app.example', 'http://[::1]:3000')" == found["http_origins"]
    assert "('a.example', 'b')" == found["http_hosts"]


@pytest.mark.parametrize("name", ["auth-keys", "auth-issuer", "guests", "http-origins", "http-hosts"])
def test_an_empty_variable_sets_nothing(name: str) -> None:
    key = name.replace("-", "_")

    assert said([])[key] == said([], {f"AIRDISPLAY_{key.upper()}": ""})[key]
