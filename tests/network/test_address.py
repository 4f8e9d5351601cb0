import pytest

from landline.network.address import INTERNET, V6, cidr, cidrs, from_nat64, show
from landline.network.interval import contains


def test_the_families_never_meet() -> None:
    assert cidr("0.0.0.0/0") == (0, V6 - 1)
    assert cidr("::/0")[0] == V6


@pytest.mark.parametrize("text", ["10.0.0.1", "255.255.255.255", "::1", "2600:1f18::5"])
def test_addresses_are_written_as_they_are_read(text: str) -> None:
    assert show(cidr(text)[0]) == text


def test_host_bits_are_cleared_as_aws_does() -> None:
    assert cidr("100.68.0.18/18") == cidr("100.68.0.0/18")


@pytest.mark.parametrize("text", ["", "ten", "10.0.0.0/33", "10.0.0", "1.2.3.4/5/6"])
def test_what_is_no_address_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=text.replace("/", ".") or "does not appear"):
        cidr(text)


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        ("8.8.8.8", True),
        ("203.0.113.9", True),
        ("198.18.0.1", True),
        ("10.1.2.3", False),
        ("172.31.0.1", False),
        ("192.168.0.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("127.0.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("2600:1f18::1", True),
        ("2001:db8::1", True),
        ("fd00::1", False),
        ("fe80::1", False),
        ("64:ff9b::808:808", False),
    ],
)
def test_what_counts_as_the_internet(text: str, *, outside: bool) -> None:
    assert contains(INTERNET, cidr(text)[0]) is outside


def test_nat64_holds_the_ipv4_address() -> None:
    assert from_nat64(cidr("64:ff9b::808:808")) == cidr("8.8.8.8")


def test_merged_and_split_blocks_are_the_same_set() -> None:
    assert cidrs(("0.0.0.0/1", "128.0.0.0/1")) == cidrs(("0.0.0.0/0",))
