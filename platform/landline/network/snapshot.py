"""From files to the model, on disk or in memory.

Landline's own dumps lie at `<account>/<region>/<anything>.json`, other people's in other folders or in one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from os import walk
from os.path import realpath
from pathlib import Path
from typing import Any

from msgspec import UNSET

from landline.errors import UsageError
from landline.evidence import check_mark, is_mark
from landline.network.documents import (
    KINDS,
    SUBJECT_IN_ITEM,
    SUBJECT_IN_NAME,
    Document,
    OpenQuestion,
    Page,
    decode,
    subject_in_name,
    top_level_keys,
)
from landline.network.folder import Folder, account_of, folder, region_of, several
from landline.network.lattice import LatticeItem, decode_items, empty
from landline.network.logs import LOGS
from landline.network.logs import RULE as LOGGING
from landline.network.model import Model, Origins, Place, Unreadable
from landline.network.pages import PageFile, lost

Snapshot = Path | Mapping[str, bytes]

NOT_AWS = frozenset({"grants", "schema"})
"""Top-level keys of Landline's own files, which may lie beside a snapshot."""

NEEDLESS = frozenset({"FirewallRuleGroups"})
"""Top-level keys that a dump needs for further calls and the model for nothing.

What a rule group does stands in its rules, and whose it is in its associations.
"""

OTHER_ITEMS = "items that are none of the lists of VPC Lattice that are read"

UNKNOWN = "unknown"
"""The account or Region of a dump in one folder that says neither."""


def read(snapshot: Snapshot) -> Model:
    """Decode a snapshot.

    Takes a directory, or a mapping from the path in it to the file's bytes. Files that do not end in `.json`
    are not read, but for marks (`landline.evidence`). What cannot be read is listed in the model and never
    raises; pages of one call, and several calls of one kind, merge. Folders in the directory whose names
    begin with a dot are left out. Raises UsageError when the directory does not exist or holds several
    snapshots: a file at the same `<account>/<region>/…` below two folders; and when a mark cannot be read.
    """
    reader = _Reader()
    for path, data in _files(snapshot):
        reader.take(path, data)
    return reader.model()


def _files(snapshot: Snapshot) -> Iterator[tuple[str, bytes | OSError]]:
    if not isinstance(snapshot, Path):
        for path in sorted(snapshot):
            yield path, snapshot[path]
        return
    if not snapshot.is_dir():
        raise UsageError(
            f"{snapshot}: no such directory; give a dump's directory, with <account>/<region>/*.json in it"
        )
    for name, error in sorted(_names(str(snapshot)).items()):
        try:
            yield name, error or _content(f"{snapshot}/{name}")
        except OSError as refused:
            yield name, refused


def _content(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123 - thousands of files, and a Path for each costs more than reading
        return file.read()


def _names(root: str) -> dict[str, OSError | None]:
    """Return the paths of all files that may be documents, and of folders that cannot be listed, with why."""
    found: dict[str, OSError | None] = {}
    seen: set[str] = set()
    copies: _Copies = defaultdict(lambda: defaultdict(set))

    def relative(path: str) -> str:
        return Path(path).relative_to(root).as_posix()

    def refuse(error: OSError) -> None:
        found[relative(error.filename)] = error

    for here, folders, files in walk(root, onerror=refuse, followlinks=True):
        # A link back to a folder above never ends.
        if realpath(here) in seen:
            folders.clear()
            continue
        seen.add(realpath(here))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        home = relative(here)
        head = "" if home == "." else f"{home}/"
        documents = [name for name in files if name.endswith(".json")]
        found.update((head + name, None) for name in (*documents, *filter(is_mark, files)))
        if documents:
            _note(copies, head, documents)
    _refuse_several(root, copies)
    return found


_Copies = dict[tuple[str, str], dict[str, set[str]]]
"""For each account and Region: the folders above `<account>/<region>`, and the files below it."""


def _note(copies: _Copies, head: str, documents: list[str]) -> None:
    home = folder(head)
    *above, account, region = ("", *home.path.split("/"))
    if home.account and home.region and (account, region) == (home.account, home.region):
        inside = head[len(home.path) + 1 :]
        copies[account, region]["/".join(above[1:])].update(inside + name for name in documents)


def _refuse_several(root: str, copies: _Copies) -> None:
    several: set[str] = set()
    for parents in copies.values():
        counts = Counter(file for files in parents.values() for file in files) if len(parents) > 1 else {}
        twice = {file for file, count in counts.items() if count > 1}
        several.update(parent for parent, files in parents.items() if not twice.isdisjoint(files))
    if several:
        names = [f"{root}/{parent}" if parent else root for parent in sorted(several)]
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        raise UsageError(f"{root} holds several snapshots: {', '.join(names[:5])}{more}; name one of them")


class _Reader:
    """Gathers pages; the only mutable thing of this stage, and it does not outlive `read`."""

    def __init__(self) -> None:
        self._lists: dict[Folder, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
        self._single: dict[Folder, dict[str, object]] = defaultdict(dict)
        self._pages: dict[tuple[Folder, str], list[PageFile]] = defaultdict(list)
        self._files: dict[Folder, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        self._unreadable: list[Unreadable] = []
        self._unmodelled: set[tuple[str, Folder]] = set()
        self._named: dict[str, dict[str, list[Any]]] = {field: {} for field in SUBJECT_IN_NAME}
        self._named_pages: dict[tuple[str, str], list[PageFile]] = defaultdict(list)
        self._partial_routes: set[str] = set()
        self._open_questions: set[OpenQuestion] = set()
        self._assumptions: set[str] = set()
        self._dns_support: dict[str, bool] = {}
        self._lattice: dict[Folder, list[LatticeItem]] = {}
        self._marks: list[str] = []

    def take(self, path: str, data: bytes | OSError) -> None:
        if is_mark(path):
            check_mark(path, data)
            self._marks.append(path.rpartition("/")[0])
            return
        if isinstance(data, OSError):
            self._unreadable.append(Unreadable(path, data.strerror or str(data)))
            return
        if not path.endswith(".json"):
            return
        try:
            page = decode(data)
        except (ValueError, RecursionError) as error:
            self._unreadable.append(Unreadable(path, _why(data, error)))
            return
        kinds = page.kinds()
        named = [field for field in SUBJECT_IN_NAME if getattr(page, field) is not UNSET]
        home = folder(path)
        if page.of_another_service():
            named.remove("domains")
        alone = not kinds and not named
        if page.unknown is not UNSET or page.assumptions is not UNSET:
            self._open_questions.update(page.unknown or ())
            self._assumptions.update(page.assumptions or ())
            if alone:
                return
        if page.enable_dns_support is not UNSET and page.vpc_id is not UNSET:
            value = page.enable_dns_support.value
            if self._dns_support.setdefault(page.vpc_id, value) != value:
                self._unreadable.append(Unreadable(path, f"contradicts another document about {page.vpc_id}"))
            if alone:
                return
        lattice = None if page.items is UNSET else decode_items(page.items)
        if lattice is not None:
            self._files[home].append((path, ("items of VPC Lattice",)))
            self._lattice.setdefault(home, []).extend(lattice)
            if alone:
                return
        if alone:
            keys = [key for key in top_level_keys(data) if key not in NOT_AWS]
            self._unmodelled.update(
                (OTHER_ITEMS if key == "items" else key, home)
                for key in keys
                if key not in NEEDLESS and not (key == "items" and empty(page.items))
            )
            if keys and home.account and home.region:
                # The dump claims to show this account and Region, so what it leaves out there is missing.
                self._files[home].append((path, ()))
            return
        self._files[home].append((path, (*(KINDS[kind] for kind in kinds), *(f.title() for f in named))))
        for kind in kinds:
            value = getattr(page, kind)
            if not isinstance(value, list):
                before = self._single[home].setdefault(kind, value)
                if before != value:
                    self._unreadable.append(Unreadable(path, f"contradicts another {KINDS[kind]} document"))
                continue
            self._lists[home][kind].extend(value)
            self._pages[home, kind].append(PageFile(path, page.open_ended()))
        for field in named:
            self._take_named(path, field, page)

    def _take_named(self, path: str, field: str, page: Page) -> None:
        items = getattr(page, field)
        subject_field = SUBJECT_IN_ITEM.get(field)
        subjects = [getattr(item, subject_field) for item in items] if subject_field else []
        if not subjects or not all(subjects):
            subject = subject_in_name(field, path.rsplit("/", 1)[-1])
            if subject is None:
                pattern = SUBJECT_IN_NAME[field].pattern.split("(")[0] + "<id>.json"
                self._unreadable.append(Unreadable(path, f"does not say what it is about; name it {pattern}"))
                return
            subjects = [subject] * len(items)
            self._named[field].setdefault(subject, [])
            if page.additional_routes_available:
                self._partial_routes.add(subject)
        for subject, item in zip(subjects, items, strict=True):
            self._named[field].setdefault(subject, []).append(item)
        for subject in {*subjects}:
            self._named_pages[field, subject].append(PageFile(path, page.open_ended()))

    def model(self) -> Model:
        unreadable = list(self._unreadable)
        for (home, kind), files in self._pages.items():
            why = lost(KINDS[kind], files)
            if why is not None:
                if kind in LOGS:
                    self._open_questions.add(OpenQuestion(LOGGING, f"{home.path or '.'}: {why}"))
                else:
                    unreadable.append(Unreadable(home.path or ".", why))
        for (field, subject), files in self._named_pages.items():
            name = SUBJECT_IN_NAME[field].pattern.split("(")[0] + subject
            why = lost(name, files)
            if why is not None:
                unreadable.append(Unreadable(name, why))
        for table in self._partial_routes:
            why = "AWS left routes out (AdditionalRoutesAvailable); search with narrower filters"
            unreadable.append(Unreadable(f"search-transit-gateway-routes-{table}", why))
        homes = {home: self._place(home) for home in self._files}
        for home in homes:
            mixed = several(home, self._lists[home])
            if mixed is not None:
                why = f"holds documents of {mixed}; lay those of each at <account>/<region>/<file>.json"
                unreadable.append(Unreadable(home.path or ".", why))
        gathered: dict[Place, dict[str, list[object]]] = {}
        single: dict[Place, dict[str, object]] = {}
        for home in sorted(homes, key=lambda item: item.path):
            place = homes[home]
            if place is None:
                for path, keys in self._files[home]:
                    why = f"holds {', '.join(keys)} but does not lie at <account>/<region>/<file>.json"
                    unreadable.append(Unreadable(path, why))
                continue
            into, alone = gathered.setdefault(place, {}), single.setdefault(place, {})
            for kind, items in self._lists[home].items():
                into.setdefault(kind, []).extend(items)
            for kind, value in self._single[home].items():
                if alone.setdefault(kind, value) != value:
                    why = f"contradicts another {KINDS[kind]} document of {place}"
                    unreadable.append(Unreadable(home.path or ".", why))
        return Model(
            places={
                place: Document(**gathered[place], **single[place])  # type: ignore[arg-type] # as decoded
                for place in sorted(gathered)
            },
            transit_gateway_routes=self._by_subject("routes"),
            transit_gateway_route_propagations=self._by_subject("transit_gateway_route_table_propagations"),
            prefix_list_entries=self._by_subject("entries"),
            allowed_principals=self._by_subject("allowed_principals"),
            client_vpn_target_networks=self._by_subject("client_vpn_target_networks"),
            authorization_rules=self._by_subject("authorization_rules"),
            target_health_descriptions=self._by_subject("target_health_descriptions"),
            firewall_rules=self._by_subject("firewall_rules"),
            firewall_domains=self._by_subject("domains"),
            profile_resources=self._by_subject("profile_resource_associations"),
            dns_support=self._dns_support,
            lattice=tuple(
                sorted(
                    {
                        (place, item)
                        for home, items in self._lattice.items()
                        for place in (homes[home],)
                        if place is not None
                        for item in items
                    },
                    key=lambda entry: (entry[0], entry[1].arn),
                )
            ),
            unreadable=tuple(sorted(unreadable)),
            unmodelled=tuple(
                sorted((key, self._place(home) or Place(UNKNOWN, UNKNOWN)) for key, home in self._unmodelled)
            ),
            open_questions=tuple(sorted(self._open_questions, key=lambda item: (item.rule, item.why))),
            assumptions=tuple(sorted(self._assumptions)),
            origins=self._origins(),
        )

    def _origins(self) -> Origins:
        under = tuple(f"{mark}/" if mark else "" for mark in self._marks)
        folders = {path.rpartition("/")[0] for files in self._files.values() for path, _ in files}
        marked = {folder for folder in folders if f"{folder}/".startswith(under)} if under else set[str]()
        return Origins(tuple(sorted(marked)), tuple(sorted(folders - marked)))

    def _by_subject(self, field: str) -> dict[str, tuple[Any, ...]]:
        return {subject: tuple(items) for subject, items in self._named[field].items()}

    def _place(self, home: Folder) -> Place | None:
        """Return the account and Region of a folder.

        Where neither it nor its documents tell them, they are unknown if it is all of the dump. Else None:
        nobody could say which of the others its documents belong to.
        """
        if home.account and home.region:
            return Place(home.account, home.region)
        account = home.account or account_of(self._lists[home]) or home.label[0]
        region = home.region or region_of(self._lists[home]) or home.label[1]
        if (account is None or region is None) and len(self._files) > 1:
            return None
        return Place(account or UNKNOWN, region or UNKNOWN)


def _why(data: bytes, error: Exception) -> str:
    if not data.strip():
        return "the file is empty"
    if isinstance(error, RecursionError):
        return "nested too deeply to be a describe call's output"
    return str(error)
