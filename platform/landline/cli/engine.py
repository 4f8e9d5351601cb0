"""`landline engine`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from landline.cli.options import common_options, examples, json_option
from landline.cli.table import table
from landline.errors import ToolError, UsageError
from landline.exit_codes import ExitCode

if TYPE_CHECKING:
    from landline.cli.terminal import Terminal


@click.command(
    short_help="Say which Pulumi engine and plugins would be used.",
    epilog=examples("landline engine", "LANDLINE_PULUMI=~/bin/pulumi landline engine --json"),
)
@json_option
@common_options
@click.pass_obj
def engine(terminal: Terminal, *, as_json: bool) -> int:
    """Say which Pulumi engine and plugins would be used, from where, and what to do about what is missing.

    Changes nothing and downloads nothing. The exit code is 4 without an engine; a missing plugin is no
    failure, since `landline up --sandbox` needs none.
    """
    document = _document()
    terminal.result(json.dumps(document, indent=2) if as_json else "\n".join(_lines(document)))
    return ExitCode.DONE if document["engine"]["path"] else ExitCode.FAILED


def _document() -> dict[str, Any]:
    from landline.deploy.engine import find_engine
    from landline.deploy.plugins import find_plugins
    from landline.sandbox.served import find_served

    found: dict[str, Any]
    try:
        one = find_engine()
        path = one.path
        found = {
            "path": str(one.path),
            "version": one.version,
            "found_by": one.found_by,
            "problem": None,
        }
    except ToolError as error:
        path = None
        found = {"path": None, "version": None, "found_by": None, "problem": str(error)}
    try:
        served = find_served()
        sandbox: dict[str, Any] = {"pid": served.pid, "provider_port": served.provider_port}
    except UsageError as error:
        sandbox = {"pid": None, "provider_port": None, "problem": str(error)}
    return {
        "engine": found,
        "plugins": [
            {
                "kind": plugin.kind,
                "name": plugin.name,
                "version": plugin.version,
                "path": None if plugin.path is None else str(plugin.path),
                "needed_for": plugin.needed_for,
                "remedy": None if plugin.path is not None else plugin.remedy,
            }
            for plugin in find_plugins(path)
        ],
        "sandbox": sandbox,
    }


def _lines(document: dict[str, Any]) -> list[str]:
    engine, sandbox = document["engine"], document["sandbox"]
    rows = [
        (
            "engine",
            engine["version"] or "-",
            f"{engine['path']} (found by {engine['found_by']})" if engine["path"] else "missing",
            "every stack",
        ),
        *(
            (
                f"{plugin['kind']} {plugin['name']}",
                plugin["version"] or "any",
                plugin["path"] or "missing",
                plugin["needed_for"],
            )
            for plugin in document["plugins"]
        ),
        (
            "sandbox",
            "-",
            f"process {sandbox['pid']}, port {sandbox['provider_port']}" if sandbox["pid"] else "not running",
            "`--sandbox`; stands in for AWS",
        ),
    ]
    lines = table(("what", "version", "where", "needed for"), rows)
    remedies = [engine["problem"]] if engine["problem"] else []
    remedies += [f"{p['kind']} {p['name']}: {p['remedy']}" for p in document["plugins"] if p["remedy"]]
    return [*lines, *(["", "Missing:", *(f"  {remedy}" for remedy in remedies)] if remedies else [])]
