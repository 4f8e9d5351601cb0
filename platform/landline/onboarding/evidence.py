"""Why an account has access, as one document that an auditor can keep and check."""

from __future__ import annotations

import hashlib
import html
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SCHEMA = 1
DIGEST = "digest"
PARTS = ("spoke", "lines", "proof", "negative_probe", "snapshot", "versions", "created")
"""What every evidence document holds beside its schema and its digest."""


def sealed(parts: Mapping[str, Any]) -> dict[str, Any]:
    """The document of these parts, with its digest last.

    The digest is the SHA-256 of everything else as JSON with sorted keys and no spaces. It shows that the
    document is as it was written; who wrote it, a signature beside it has to say.
    """
    document = {"schema": SCHEMA, **parts}
    return {**document, DIGEST: digest_of(document)}


def digest_of(document: Mapping[str, Any]) -> str:
    """The digest of a document, whatever digest it holds itself."""
    rest = {key: value for key, value in document.items() if key != DIGEST}
    canonical = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def digest_of_snapshot(snapshot: Mapping[str, bytes]) -> str:
    """The digest of a snapshot: of its paths and files, in the order of paths."""
    found = hashlib.sha256()
    for path in sorted(snapshot):
        found.update(f"{path}\0{len(snapshot[path])}\0".encode())
        found.update(snapshot[path])
    return f"sha256:{found.hexdigest()}"


def flaws(document: object) -> Iterator[str]:
    """What is wrong with an evidence document: a line for each, none when it is as it was written."""
    if not isinstance(document, dict):
        yield "is no JSON object; give a file that landline evidence wrote"
        return
    if document.get("schema") != SCHEMA:
        yield f"has schema {document.get('schema')!r}, and this version reads {SCHEMA}"
        return
    yield from (f"lacks {part}" for part in PARTS if part not in document)
    digest = digest_of(document)
    if document.get(DIGEST) != digest:
        said = document.get(DIGEST)
        yield f"was changed after it was written: its digest is {said}, and it comes to {digest}"


def page(document: Mapping[str, Any]) -> str:
    """The document as an HTML page that needs nothing else."""
    spoke, proof, snapshot = document["spoke"], document["proof"], document["snapshot"]
    lines = "".join(
        f"<tr><td>{_text(line['service'])}</td><td>{_text(line['state'])}</td><td>"
        + "<br>".join(
            _text(" ".join(filter(None, (step["state"] + ":", step["evidence"], step["when"]))))
            for step in line["steps"]
        )
        + "".join(f"<br>Note: {_text(note)}" for note in line["notes"])
        + "</td></tr>"
        for line in document["lines"]
    )
    unread = "".join(f"<p>Not read: {_text(why)}.</p>" for why in document["unread"])
    probes = "".join(
        f"<li>account {_text(one['account'])} to {_text(one['service'])}: "
        f"{'refused (' + _text(one['code']) + ')' if one['refused'] else 'NOT refused'}</li>"
        for one in document["negative_probe"]["probes"]
    )
    findings = "".join(
        f"<li>{_text(item['rule'])}: {_text(item['message'])}</li>" for item in proof["findings"]
    )
    assumptions = "".join(f"<li>{_text(item)}</li>" for item in proof["assumptions"])
    versions = ", ".join(f"{_text(name)} {_text(value)}" for name, value in document["versions"].items())
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Evidence of access: {_text(spoke["name"])}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse; width: 100% }}
td, th {{ border: 1px solid #ccc; padding: .4rem .6rem; text-align: left; vertical-align: top }}
code {{ overflow-wrap: anywhere }}
</style>
<h1>Evidence of access: {_text(spoke["name"])}</h1>
<p>Account {_text(spoke["account"])} of team {_text(spoke["team"])}, contact {_text(spoke["contact"])}.
Written {_text(document["created"])}.</p>
<h2>What it may reach, and why</h2>
<table><tr><th>service</th><th>state</th><th>evidence</th></tr>{lines}</table>
{unread}
<h2>Proof: {_text(proof["verdict"])} ({_text(proof["evidence"])})</h2>
<p>On the snapshot <code>{_text(snapshot["digest"])}</code> from {_text(snapshot["source"])}.</p>
<ul>{findings or "<li>no finding</li>"}</ul>
<h2>Negative probe ({_text(document["negative_probe"]["evidence"])})</h2>
<ul>{probes or "<li>not made</li>"}</ul>
<h2>Assumed by the proof</h2>
<ul>{assumptions}</ul>
<p>Versions: {versions}.<br>Digest: <code>{_text(document[DIGEST])}</code></p>
</html>
"""


def _text(value: object) -> str:
    return html.escape(str(value))
