"""The shape of the repository: ARCHITECTURE.md's dependency rule, and what `platform` must never hold."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PLATFORM = ROOT / "platform"
COMPONENTS = ROOT / "components"

FOR_ALL_STAGES = ("landline", "landline.errors", "landline.evidence", "landline.exit_codes")
COMPANIONS = {
    # What comes with a name of the table: the same library under another top-level name, or its type stubs.
    "boto3": (
        "boto3",
        "botocore",
        *(
            f"mypy_boto3_{name}"
            for name in ("ec2", "elbv2", "events", "firehose", "logs", "route53", "s3", "ssm")
        ),
        "mypy_boto3_securityhub",
    ),
    "grpc": ("grpc", "google.protobuf"),
    "moto": ("moto", "werkzeug"),
    "pydantic": ("pydantic", "pydantic_core"),
}
LAZY = {"cli": ("click",), "testing": ("pytest", "_pytest")}
"""What the stages that may import everything, lazily, import at module level beside the standard library."""


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, and whether importing the file imports it too."""

    module: str
    line: int
    at_import: bool


def imports(source: str, module: str, *, package: bool) -> list[Import]:
    """All imports of a file, those inside functions and under TYPE_CHECKING included, with absolute names."""
    found: list[Import] = []
    around = module.split(".") if package else module.split(".")[:-1]

    def visit(node: ast.AST, *, at_import: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                found.extend(Import(alias.name, child.lineno, at_import) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                base = around[: len(around) - child.level + 1] if child.level else []
                origin = ".".join([*base, *([child.module] if child.module else [])])
                found.extend(
                    Import(f"{origin}:{alias.name}", child.lineno, at_import) for alias in child.names
                )
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                visit(child, at_import=False)
            elif isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
                for statement in child.body:
                    visit(ast.Module([statement], []), at_import=False)
                for statement in child.orelse:
                    visit(ast.Module([statement], []), at_import=at_import)
            else:
                visit(child, at_import=at_import)

    visit(ast.parse(source), at_import=True)
    return found


def covered(imported: str, allowed: str) -> bool:
    """Whether the import `imported` (``a.b`` or ``a.b:name``) lies at or below the module `allowed`."""
    return (imported.replace(":", ".") + ".").startswith(allowed + ".")


def rules() -> dict[str, tuple[str, ...] | None]:
    """ARCHITECTURE.md's table: stage → the modules it may import, or None for everything, lazily."""
    table: dict[str, tuple[str, ...] | None] = {}
    for line in (ROOT / "ARCHITECTURE.md").read_text().splitlines():
        row = re.fullmatch(r"\| `([a-z.]+)` \| .* \| ([^|]+) \|", line)
        if row is None:
            continue
        if row[2] == "everything, lazily":
            table[row[1]] = None
            continue
        names = [name for name in row[2].split(", ") if not name.startswith("the standard library")]
        table[row[1]] = tuple(names)
    stages = {stage.removeprefix("landline.") for stage in table if stage.startswith("landline.")}
    return {
        stage: names
        if names is None
        else tuple(
            module
            for name in names
            for module in ((f"landline.{name}",) if name in stages else COMPANIONS.get(name, (name,)))
        )
        for stage, names in table.items()
    }


def sources() -> list[Path]:
    return sorted([*COMPONENTS.rglob("*.py"), *PLATFORM.rglob("*.py")])


def module_of(path: Path) -> str:
    base = ROOT if path.is_relative_to(COMPONENTS) else PLATFORM
    parts = list(path.relative_to(base).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def stage_of(module: str) -> str:
    parts = module.split(".")
    return parts[0] if parts[0] != "landline" else ".".join(parts[:2])


def foreign(found: list[Import], stage: str, allowed: tuple[str, ...]) -> list[Import]:
    """Those imports that are neither the standard library, nor the stage itself, nor allowed."""
    everywhere = FOR_ALL_STAGES if stage.startswith("landline") else ()
    return [
        one
        for one in found
        if one.module.split(".")[0].split(":")[0] not in sys.stdlib_module_names
        and not any(covered(one.module, name) for name in (stage, *allowed))
        and not any(one.module in (name, f"landline:{name.rpartition('.')[2]}") for name in everywhere)
        and not any(one.module.startswith(f"{name}:") for name in everywhere if name != "landline")
        and one.module != "landline:__version__"
    ]


def breaches(path: Path) -> list[str]:
    """What a file imports against the table, one line each."""
    module = module_of(path)
    stage = stage_of(module)
    found = imports(path.read_text(), module, package=path.name == "__init__.py")
    table = rules()
    if module in FOR_ALL_STAGES:
        bad = foreign(found, module, ())
    elif module == "__main__":
        bad = foreign(found, "landline", ("pulumi",))
    elif stage not in table:
        return [f"{path.relative_to(ROOT)}: {stage} is no stage of ARCHITECTURE.md's table"]
    elif (allowed := table[stage]) is None:
        eager = [one for one in found if one.at_import]
        bad = foreign(eager, stage, LAZY[stage.removeprefix("landline.")])
    else:
        bad = foreign(found, stage, allowed)
    return [f"{path.relative_to(ROOT)}:{one.line}: {stage} may not import {one.module}" for one in bad]


def test_the_table_is_read_whole() -> None:
    """A table that no longer parses must not turn the rule off."""
    table = rules()

    assert set(table) == {
        "components",
        "guardrails",
        *(
            f"landline.{folder.name}"
            for folder in (PLATFORM / "landline").iterdir()
            if (folder / "__init__.py").exists()
        ),
    } | {
        f"landline.{name}" for name in ("settings", "program", "onboarding", "estate", "network", "proof")
    } | {f"landline.{name}" for name in ("report", "deploy", "sandbox", "intake", "testing", "cli")}
    assert table["landline.network"] == ("msgspec",)
    assert table["landline.proof"] == ("landline.network", "msgspec")
    assert table["components"] == ("pulumi", "pulumi_aws")
    assert not any(covered(name, "landline") for name in table["landline.intake"] or ("landline",))
    assert table["landline.cli"] is None


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_stage_imports_only_what_the_table_names(path: Path) -> None:
    assert breaches(path) == []


@pytest.mark.parametrize(
    ("source", "stage", "allowed", "bad"),
    [
        ("import boto3", "landline.network", ("msgspec",), ["boto3"]),
        ("def f():\n    import pulumi_aws.ec2", "landline.proof", ("landline.network",), ["pulumi_aws.ec2"]),
        ("from landline.settings import Estate", "components", ("pulumi",), ["landline.settings:Estate"]),
        ("from landline import settings", "landline.proof", ("landline.network",), ["landline:settings"]),
        ("from ..settings import x", "landline.proof", ("landline.network",), ["landline.settings:x"]),
        ("import pulumi", "landline.estate", ("pulumi.automation",), ["pulumi"]),
        ("from pulumi import automation", "landline.estate", ("pulumi.automation",), []),
        ("from landline import errors, network", "landline.proof", ("landline.network",), []),
        ("from landline.errors import UsageError\nimport json", "landline.proof", (), []),
        ("from landline.errors import UsageError", "components", (), ["landline.errors:UsageError"]),
    ],
)
def test_the_rule_finds_what_it_must(
    source: str, stage: str, allowed: tuple[str, ...], bad: list[str]
) -> None:
    found = imports(source, f"{stage}.module", package=False)

    assert [one.module for one in foreign(found, stage, allowed)] == bad


def test_an_import_inside_a_function_is_not_at_import() -> None:
    source = "if TYPE_CHECKING:\n    import a\nelse:\n    import b\ntry:\n    import c\nfinally:\n    pass\n"

    found = imports(
        source + "class C:\n    import d\n    def f(self):\n        import e\n", "m", package=False
    )

    assert {one.module: one.at_import for one in found} == {
        "a": False,
        "b": True,
        "c": True,
        "d": True,
        "e": False,
    }


def test_platform_is_no_package() -> None:
    """`platform/__init__.py` would shadow the standard library's `platform`, and so would a namesake here."""
    assert not (PLATFORM / "__init__.py").exists()
    assert [
        path.name for path in PLATFORM.glob("*.py") if path.stem in sys.stdlib_module_names - {"__main__"}
    ] == []
    assert [
        path.name for path in PLATFORM.iterdir() if path.is_dir() and path.name in sys.stdlib_module_names
    ] == []


def test_both_packages_are_typed() -> None:
    assert (COMPONENTS / "py.typed").is_file()
    assert (PLATFORM / "landline" / "py.typed").is_file()


def component_classes() -> list[tuple[str, ast.ClassDef]]:
    return [
        (str(path.relative_to(ROOT)), node)
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base).split(".")[-1] == "ComponentResource" for base in node.bases)
    ]


def ends_with_register_outputs(node: ast.ClassDef) -> bool:
    init = [item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"]
    return len(init) == 1 and ast.unparse(init[0].body[-1]).startswith("self.register_outputs(")


def test_each_component_registers_its_outputs_last() -> None:
    assert [
        f"{file}: {node.name}" for file, node in component_classes() if not ends_with_register_outputs(node)
    ] == []


@pytest.mark.parametrize(
    ("body", "good"),
    [
        ("self.a = 1\n        self.register_outputs({})", True),
        ("self.register_outputs({})\n        self.a = 1", False),
    ],
)
def test_a_component_that_registers_too_early_is_found(body: str, good: bool) -> None:  # noqa: FBT001 - a table
    source = f"class A(pulumi.ComponentResource):\n    def __init__(self):\n        {body}\n"
    node = ast.parse(source).body[0]

    assert isinstance(node, ast.ClassDef)
    assert ends_with_register_outputs(node) is good
