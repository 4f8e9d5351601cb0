"""Writes ``names.txt``, the names of all resources that the example stacks declare."""

from pathlib import Path

from tests.program.estate import deploy_all, names

if __name__ == "__main__":
    (Path(__file__).parent / "names.txt").write_text("\n".join(names(deploy_all())) + "\n")
