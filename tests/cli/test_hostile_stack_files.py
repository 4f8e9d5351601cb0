"""Broken and hostile stack files: one clear line each, exit 2, no traceback, nothing written."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.settings.files import BASELINE, ESTATE, GRANT, HUB, SPOKE, write

if TYPE_CHECKING:
    from .conftest import Landline

LOOK_ALIKES = {"a": "\u0430", "e": "\u0435", "o": "\u043e", "p": "\u0440", "c": "\u0441", "i": "\u0456"}
KINDS = {"hub": HUB, "payments": SPOKE, "grant-payments": GRANT, "baseline-payments": BASELINE}
VALUES = (
    *("*", "arn:aws:iam::999999999999:root", "[]", "{}", "null", "true", "1e999", "-1", "0x10", "9" * 400),
    *(
        "!!python/object/apply:os.system [id]",
        "&a [*a]",
        "${env:AWS_SECRET_ACCESS_KEY}",
        "'\\0'",
        '"\\u202e"',
    ),
    *("../../etc/passwd", "'; rm -rf /'", "<script>", "2027-02-30", "0o777", "[[[[[[[[]]]]]]]]", "~"),
)
KEYS = {
    "hub": ("account", "organization", "services", "network"),
    "payments": ("account", "team", "contact", "services", "network", "hub"),
    "grant-payments": ("services", "hub", "spoke"),
    "baseline-payments": ("account",),
}
BOMB = "config:\n  a: &a [x, x]\n" + "".join(
    f"  {chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(8)
)
NAMES = ("..", "../x", "a/b", "a b", ".hidden", "x" * 101, "pay\u202ements", "CON\u0131", "a..b")


@st.composite
def broken(draw: st.DrawFn) -> tuple[str, str, bool]:
    """A stack's name, what its file holds, and whether one key alone is to blame."""
    stack = draw(st.sampled_from(sorted(KINDS)))
    text = KINDS[stack]
    how = draw(
        st.sampled_from(("value", "twice", "look-alike", "unknown key", "bomb", "cut", "bytes", "deep"))
    )
    lines = text.splitlines()
    match how:
        case "value":
            key = draw(st.sampled_from(KEYS[stack]))
            value = draw(st.sampled_from(VALUES).filter(lambda item: not _may_stand(key, item, stack)))
            return stack, _replaced(text, key, value), True
        case "twice":
            at = draw(st.integers(1, len(lines) - 1))
            return stack, "\n".join([*lines[: at + 1], lines[at], *lines[at + 1 :]]), False
        case "look-alike":
            key = draw(st.sampled_from(KEYS[stack]))
            letter = draw(st.sampled_from([letter for letter in key if letter in LOOK_ALIKES] or ["k"]))
            twin = key.replace(letter, LOOK_ALIKES.get(letter, "\u043a"), 1)
            return stack, text.replace(f"    {key}:", f"    {twin}{'' if twin != key else '!'}:", 1), True
        case "unknown key":
            key = draw(st.text(alphabet="abcdefghijklmnopqrstuvwxyz_", min_size=9, max_size=30))
            return stack, text + f"    zz{key}: 1\n", True
        case "bomb":
            return stack, BOMB, False
        case "cut":
            at = draw(st.integers(len("config:\n  a"), len(text) // 2))
            return stack, text[:at], False
        case "bytes":
            return (
                stack,
                text + draw(st.sampled_from(("\x00", "\x1b[2J", "\ufffe", "\t- x", "%YAML 9"))),
                False,
            )
        case _:
            return stack, f"config: {'[' * 200}{']' * 200}\n", False


def _may_stand(key: str, value: str, stack: str) -> bool:
    return key == "services" and value == "{}" and stack != "hub"


def _replaced(text: str, key: str, value: str) -> str:
    lines = text.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith(f"    {key}:"))
    after = at + 1
    while after < len(lines) and lines[after].startswith("      "):
        after += 1
    return "\n".join([*lines[:at], f"    {key}: {value}", *lines[after:]]) + "\n"


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=broken(), spoke=st.sampled_from(("payments", "nobody", "*", "../hub")))
def test_each_gives_exit_2_and_says_where(
    landline: Landline, file: tuple[str, str, bool], spoke: str
) -> None:
    stack, text, by_key = file
    with TemporaryDirectory() as folder:
        where = write(Path(folder), ESTATE | {stack: text})
        before = {entry.name: entry.read_bytes() for entry in where.iterdir()}

        outcome = landline("check", "--stacks", folder)
        errors = [line for line in outcome.stdout.splitlines() if line.startswith("error: ")]
        own = [line for line in errors if f"Pulumi.{stack}.yaml: " in line]
        assert outcome.code == 2, outcome
        assert own
        assert all("; " in line for line in own), "without a remedy"
        assert not by_key or any(re.search(r"\.yaml: (landline:|config)\S*: ", line) for line in own)

        for command in (
            ("grant", spoke, "--approved", "X-1"),
            ("revoke", spoke),
            ("renew", spoke, "--approved", "X-1"),
            ("request", "new", spoke, "--service", "security", "--reason", "upload findings"),
            ("expire", "--write"),
        ):
            refused = landline(*command, "--stacks", folder)
            assert refused.code == 2, (command, refused)
            assert "Traceback" not in refused.stderr
            assert refused.stderr.isprintable() or set(refused.stderr) <= set(map(chr, (10, *range(32, 127))))
        assert {entry.name: entry.read_bytes() for entry in where.iterdir()} == before


@given(name=st.sampled_from(NAMES) | st.text(min_size=1, max_size=8).filter(lambda text: not text.isalnum()))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_name_makes_a_file_elsewhere(landline: Landline, name: str) -> None:
    with TemporaryDirectory() as folder:
        stacks = Path(folder, "stacks")
        stacks.mkdir()
        where = write(stacks, ESTATE)
        before = sorted(Path(folder).rglob("*"))
        outcome = landline(
            *("request", "new", "--stacks", str(where), "--team", "x", "--contact", "x@example.com"),
            *("--account", "444444444444", "--cidr", "10.64.0.0/20", "--service", "logging"),
            *("--reason", "ship application logs", "--", name),
        )
        made = [path for path in sorted(Path(folder).rglob("*")) if path not in before]
        assert all(path.parent == where for path in made)
        assert "Traceback" not in outcome.stderr
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
            assert outcome.code == 2
            assert made == []
