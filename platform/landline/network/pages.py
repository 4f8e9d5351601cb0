"""Whether the files of one kind are all pages of what AWS answered, as far as files can tell."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

NUMBER = re.compile(r"([0-9]+)(?!.*[0-9])")
"""The last number in a file's name, which counts pages where several files differ in nothing else."""

MANY = 10_000
"""Numbers from here on are no pages': dates, times and accounts stand in names too."""


class PageFile(NamedTuple):
    """A file, and whether it says that more pages follow."""

    path: str
    open_ended: bool


def lost(what: str, files: Sequence[PageFile]) -> str | None:
    """Return what speaks against these files being all pages of one kind, None if nothing does.

    One output has one page without a NextToken, its last. Tokens do not say which page they lead to: which
    pages belong together, where there are several outputs, nobody can tell, nor that one in the middle is
    missing, unless the files are numbered.
    """
    last = sum(not file.open_ended for file in files)
    if last == len(files):
        return None
    if not last:
        return f"the last page of {what} is missing: every file has a NextToken"
    if last > 1:
        return f"pages of several outputs of {what} lie together; write each output whole into one file"
    numbers: dict[str, set[int]] = defaultdict(set)
    others = 0
    for file in files:
        name = file.path.rsplit("/", 1)[-1]
        found = NUMBER.search(name)
        if found is None or int(found[0]) >= MANY:
            others += 1
        else:
            numbers[f"{name[: found.start()]}…{name[found.end() :]}"].add(int(found[0]))
    alone = len(numbers) == 1 and not others
    for name, pages in sorted(numbers.items()):
        first = min(1, *pages) if alone else min(pages)
        gap = min({*range(first, max(pages))} - pages, default=None)
        if gap is not None:
            return f"page {gap} of {what} is missing ({name})"
    return None
