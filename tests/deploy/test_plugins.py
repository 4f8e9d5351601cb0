"""Where the engine would find its plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.deploy.plugins import find_plugins, remedies

if TYPE_CHECKING:
    from pathlib import Path


def program(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return file


def test_nothing_is_there_and_each_says_what_to_do(tmp_path: Path) -> None:
    found = find_plugins(None, {"HOME": str(tmp_path)})

    assert [plugin.program for plugin in found] == [
        "pulumi-resource-aws",
        "pulumi-language-python",
        "pulumi-analyzer-policy-python",
    ]
    assert [plugin.path for plugin in found] == [None] * 3
    assert found[0].remedy == f"pulumi plugin install resource aws {found[0].version}"


def test_a_resource_plugin_must_be_of_the_sdks_version_and_path_comes_first(tmp_path: Path) -> None:
    aws, *_ = find_plugins(None, {"HOME": str(tmp_path)})
    plugins = tmp_path / "home" / "plugins"
    environment = {"PULUMI_HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "bin")}
    program(plugins / "resource-aws-v7.0.0" / "pulumi-resource-aws")
    assert find_plugins(None, environment)[0].path is None

    stored = program(plugins / f"resource-aws-v{aws.version}" / "pulumi-resource-aws")
    assert find_plugins(None, environment)[0].path == stored

    ambient = program(tmp_path / "bin" / "pulumi-resource-aws")
    assert find_plugins(None, environment)[0].path == ambient
    ignoring = environment | {"PULUMI_IGNORE_AMBIENT_PLUGINS": "true"}
    assert find_plugins(None, ignoring)[0].path == stored


def test_a_language_lies_beside_the_engine_behind_its_link(tmp_path: Path) -> None:
    engine = program(tmp_path / "pulumi" / "pulumi")
    link = tmp_path / "pulumi-link"
    link.symlink_to(engine)
    host = program(tmp_path / "pulumi" / "pulumi-language-python")

    _, language, analyzer = find_plugins(link, {"HOME": str(tmp_path)})

    assert language.path == host
    assert analyzer.path is None


def test_the_engines_word_for_a_missing_plugin_gets_the_command_that_installs_it(tmp_path: Path) -> None:
    engine = program(tmp_path / "pulumi")
    said = "no resource plugin 'pulumi-resource-aws' found in the workspace at version v7.51.1 or on $PATH"

    (remedy,) = remedies(said, engine)

    assert f": {engine} plugin install resource aws 7." in remedy
    assert remedies("Resource 'dev' was not found", engine) == ()
