"""Stack files as they lie in a directory."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from landline.errors import UsageError
from landline.settings import GrantSettings, HubSettings, load_estate, load_stack
from landline.settings.document import LARGEST_FILE
from tests.settings.files import BASELINE, ESTATE, GRANT, HUB, SPOKE, changed, write

STACKS = Path(__file__).parents[2] / "stacks"


def errors(directory: Path) -> list[str]:
    return [str(problem).replace(f"{directory}/", "") for problem in load_estate(directory).problems]


def test_the_example_stacks_load_without_a_problem() -> None:
    loaded = load_estate(STACKS)
    assert loaded.problems == ()
    assert loaded.estate is not None
    assert [len(kind) for kind in (loaded.estate.hubs, loaded.estate.spokes, loaded.estate.grants)] == [
        1,
        2,
        2,
    ]


def test_a_stack_is_loaded_with_those_it_names_only(tmp_path: Path) -> None:
    write(tmp_path, {**ESTATE, "unrelated": "config: ["})
    stack, estate = load_stack(tmp_path, "grant-payments")
    assert isinstance(stack.settings, GrantSettings)
    assert list(estate.stacks) == ["grant-payments", "hub", "payments"]
    assert list(load_stack(tmp_path, "payments")[1].stacks) == ["hub", "payments"]
    assert list(load_stack(tmp_path, "hub")[1].stacks) == ["hub"]


def test_loading_a_stack_raises_with_every_problem(tmp_path: Path) -> None:
    write(
        tmp_path, ESTATE | {"hub": HUB.replace("standing", "stnding").replace("10.0.0.0/20", "10.0.0.1/20")}
    )
    with pytest.raises(UsageError) as raised:
        load_stack(tmp_path, "payments")
    cidr, lane = str(raised.value).splitlines()
    hub = f"{tmp_path}/Pulumi.hub.yaml: landline:hub"
    assert cidr == f"{hub}.network.cidr: has host bits set (10.0.0.1/20); write 10.0.0.0/20"
    assert lane == (
        f"{hub}.services.logging.lane: is not one of the known values (stnding); "
        "did you mean standing? known: accepted, standing"
    )


def test_warnings_do_not_keep_a_stack_from_loading(tmp_path: Path) -> None:
    assert isinstance(
        load_stack(write(tmp_path, {"hub": HUB, "payments": SPOKE}), "hub")[0].settings, HubSettings
    )
    assert load_stack(tmp_path, "payments")[0].name == "payments"


@pytest.mark.parametrize(
    "name", ["../hub", "hub/..", "", ".", "a..b", "-x", "h\u0443b", "x" * 101, "hub\n", "hub.yaml/"]
)
def test_a_name_that_is_no_stack_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="is no stack name"):
        load_stack(write(tmp_path, ESTATE), name)


def test_a_missing_stack_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Pulumi\.absent\.yaml: cannot be read: No such file or directory"):
        load_stack(write(tmp_path, ESTATE), "absent")


def test_no_directory_and_no_stack_file_are_errors(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("not a stack file", encoding="utf-8")
    assert errors(tmp_path) == [
        f"{tmp_path}: holds no stack file; write a stack's settings to Pulumi.<stack>.yaml in it"
    ]
    assert load_estate(tmp_path).estate is None
    missing = load_estate(tmp_path / "absent")
    assert missing.estate is None
    assert "cannot be read as a directory: No such file or directory" in str(missing.problems[0])


@pytest.mark.parametrize("name", ["Pulumi.hub.yml", "Pulumi.hub.json", "pulumi.hub.yaml", "Pulumi.hub.YAML"])
def test_a_stack_file_under_another_name_is_not_passed_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(HUB, encoding="utf-8")
    assert errors(tmp_path) == [
        f"{name}: is not read as a stack file under this name; rename it to Pulumi.hub.yaml"
    ]


@pytest.mark.parametrize(
    "name", ["Pulumi...yaml", "Pulumi.h\u0443b.yaml", "Pulumi. .yaml", "Pulumi.a\nb.yaml"]
)
def test_a_file_named_for_no_stack_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(HUB, encoding="utf-8")
    (found,) = load_estate(tmp_path).problems
    assert "has no stack's name" in str(found)
    assert str(found).isascii()
    assert "\n" not in str(found)


def test_links_out_of_the_directory_are_refused(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    write(outside, {"hub": HUB})
    (inside / "Pulumi.hub.yaml").symlink_to(outside / "Pulumi.hub.yaml")
    (inside / "Pulumi.loop.yaml").symlink_to(inside / "Pulumi.loop.yaml")
    found = errors(inside)
    assert found[0] == "Pulumi.hub.yaml: is a link that leads out of the directory; put the file itself there"
    assert found[1].startswith("Pulumi.loop.yaml: cannot be read:")


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "Pulumi.pipe.yaml")
    (tmp_path / "Pulumi.folder.yaml").mkdir()
    assert errors(tmp_path) == [
        "Pulumi.folder.yaml: is no regular file; put a file there",
        "Pulumi.pipe.yaml: is no regular file; put a file there",
    ]


DEEP = "config: " + "[" * 40 + "]" * 40
HOSTILE = {
    "alias bomb": ("a: &a [x]\nconfig: [*a, *a]\n", "a: uses an anchor or alias"),
    "an alias of nothing": ("config: *a\n", "config: uses an anchor or alias"),
    "merge key": ("config:\n  <<: {a: b}\n", "config: uses a merge key (<<)"),
    "python object": (
        "config: !!python/object/apply:os.system [ls]\n",
        "config: has the tag tag:yaml.org,2002:python",
    ),
    "several documents": (HUB + "---\n" + HUB, "holds more than one document"),
    "a list": ("- config\n", "holds no mapping"),
    "empty": ("", "holds no mapping"),
    "only a comment": ("# nothing\n", "holds no mapping"),
    "not YAML": ("config: {a: b\nc: ]\n", "is no YAML (line"),
    "a tab": ("config:\n\taws:region: eu-west-1\n", "is no YAML (line 2)"),
    "a control character": ("config: \x07\n", "holds a character that YAML does not allow (line 1)"),
    "deep": (DEEP, "is nested deeper than 32 levels"),
    "very deep": ("config: " + "[" * 100_000, "is nested deeper than 32 levels"),
    "a key that is a list": ("config: {[a]: b}\n", "config: has a key that is no plain text"),
    "twice": (HUB + "  landline:hub: {}\n", "landline:hub: is given twice, first in line 3"),
    "two kinds": (
        HUB + GRANT[GRANT.index("  landline") :],
        "stands beside landline:hub, and a file describes one stack",
    ),
    "no kind": ("config: {aws:region: eu-west-1}\n", "config: says of no kind what it is"),
    "no config": ("encryptionsalt: x\n", "has no `config:` mapping"),
    "unknown top-level key": (HUB + "confg: {}\n", "confg: is an unknown key; did you mean config?"),
    "unknown landline key": (
        HUB + "  landline:hubs: {}\n",
        "landline:hubs: is an unknown key; did you mean landline:hub?",
    ),
    "settings that are text": (
        "config: {aws:region: eu-west-1, landline:hub: x}\n",
        "landline:hub: is no mapping (x)",
    ),
    "a huge number": (
        changed(HUB, "443], lane: st", "9" * 5000 + "], lane: st"),
        "ports[0]: is no whole number (99999",
    ),
    "not UTF-8": (HUB.encode("utf-16"), "is not UTF-8 text"),
    "too large": (b"#" * (LARGEST_FILE + 1), "is larger than 1048576 bytes"),
    "control characters in a value": (changed(HUB, "o-a1b2c3d4e5", '"\\e[31mred"'), r"(\x1b[31mred)"),
}


@pytest.mark.parametrize(("content", "message"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_give_a_problem(tmp_path: Path, content: str | bytes, message: str) -> None:
    data = content.encode() if isinstance(content, str) else content
    (tmp_path / "Pulumi.hub.yaml").write_bytes(data)
    loaded = load_estate(tmp_path)
    assert loaded.estate is None
    told = [str(problem) for problem in loaded.problems]
    assert any(message in line for line in told), told
    assert all(line.isascii() and line.isprintable() for line in told)


def test_what_is_pulumis_own_passes(tmp_path: Path) -> None:
    own = "  aws:defaultTags: {tags: {a: '1'}}\n  other:number: 0123\n  other:secret: {secure: AAAB}\n"
    own += "encryptionsalt: v1:x\n"
    assert errors(write(tmp_path, {"hub": HUB + own})) == []


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(["10.0.0.0/20", "euw1-az1", "hub", "2027-01-01", "*", "arn:aws:iam::1:role/x"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


def loaded_without_a_traceback(directory: Path, name: str, data: bytes) -> None:
    """Loading ends in an estate without errors, or in lines that people can read; twice in the same."""
    file = directory / f"Pulumi.{name}.yaml"
    file.write_bytes(data)
    loaded = load_estate(directory)
    failed = [problem for problem in loaded.problems if problem.severity == "error"]
    assert (loaded.estate is None) == bool(failed)
    for problem in loaded.problems:
        line = str(problem)
        assert line.isascii()
        assert line.isprintable()
        assert problem.remedy
        assert line.startswith(f"{directory}/Pulumi.")
    assert load_estate(directory).problems == loaded.problems


PER_EXAMPLE = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@PER_EXAMPLE
@given(data=st.binary(max_size=300))
@example(data=b"\xff\xfe")
@example(data=b"\x00")
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    loaded_without_a_traceback(write(tmp_path, ESTATE), "payments", data)


@PER_EXAMPLE
@given(
    name=st.sampled_from(sorted(ESTATE)),
    at=st.integers(0, 600),
    length=st.integers(0, 30),
    put=st.text(max_size=15)
    | st.sampled_from(["*", "&a ", "!!x ", "- ", "\n", ": ", "{", "]", "'", "|", "0"]),
)
def test_a_damaged_file(tmp_path: Path, name: str, at: int, length: int, put: str) -> None:
    text = ESTATE[name]
    at %= len(text)
    damaged = text[:at] + put + text[at + length :]
    loaded_without_a_traceback(write(tmp_path, ESTATE), name, damaged.encode("utf-8", "surrogatepass"))


@PER_EXAMPLE
@given(
    kind=st.sampled_from(["hub", "payments", "grant-payments", "baseline-payments"]),
    pick=st.integers(0),
    put=ANYTHING,
)
def test_a_value_of_any_shape_anywhere(tmp_path: Path, kind: str, pick: int, put: object) -> None:
    """Any value in the place of any other: found wrong, or taken because it is right."""
    whole = yaml.safe_load(ESTATE[kind].replace("2027-06-30", "'2027-06-30'"))
    places: list[tuple[dict[str, object] | list[object], str | int]] = []

    def walk(node: object) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                places.append((node, key))
                walk(value)
        elif isinstance(node, list):
            for index, value in enumerate(node):
                places.append((node, index))
                walk(value)

    walk(whole)
    parent, key = places[pick % len(places)]
    parent[key] = put  # type: ignore[index]
    loaded_without_a_traceback(write(tmp_path, ESTATE), kind, json.dumps(whole).encode())


def test_every_kind_of_stack_can_stand_alone_except_for_what_it_names(tmp_path: Path) -> None:
    assert errors(write(tmp_path, {"baseline": BASELINE})) == []
    assert errors(write(tmp_path, {"hub": HUB})) == []
