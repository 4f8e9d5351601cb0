"""AWS's service models and moto's own data: each file read once, by a quick reader.

botocore and moto read the same models, each for itself and with the standard library's JSON reader, and moto
reads its list of instance types when it is imported: together more than a second.
"""

from __future__ import annotations

import gzip
import os
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import botocore.loaders
import moto.core.utils
import moto.utilities.utils
import msgspec
from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.loaders import JSONFileLoader, Loader, instance_cache

if TYPE_CHECKING:
    from collections.abc import Iterator

_CREATE_LOADER = botocore.loaders.create_loader


@cache
def shared_loader() -> Loader:
    """The one loader of this process: it looks through botocore's folders once for all sessions."""
    return _QuickLoader(include_default_search_paths=True)


class _QuickLoader(Loader):
    """Botocore's loader, without a look into each of its four hundred folders before it reads from one."""

    @instance_cache
    def list_available_services(self, type_name: str) -> list[str]:
        """All services with a folder; who reads a file of this type from one without it hears of it then."""
        if type_name == "resources-1":
            # boto3's own, of nine services.
            services: list[str] = super().list_available_services(type_name)
            return services
        paths = [path for path in map(Path, self.search_paths) if path.is_dir()]
        return sorted({folder.name for path in paths for folder in os.scandir(path) if folder.is_dir()})

    def determine_latest_version(self, service_name: str, type_name: str) -> str:
        """As botocore's own, and with its error for a service that has no file of this type."""
        try:
            version: str = super().determine_latest_version(service_name, type_name)
        except DataNotFoundError as error:
            known = ", ".join(self.list_available_services(type_name))
            raise UnknownServiceError(service_name=service_name, known_service_names=known) from error
        return version


@contextmanager
def read_once() -> Iterator[None]:
    """While it lasts, botocore's loaders and moto's read each file once, and share what they read."""
    with (
        patch.object(JSONFileLoader, "load_file", _load_file),
        patch.object(moto.core.utils, "create_loader", _loader),
        patch.object(botocore.loaders, "create_loader", _loader),
        patch.object(moto.utilities.utils, "load_resource", _load_resource),
    ):
        yield


def _loader(search_path: str | None = None) -> Loader:
    """As botocore's own: AWS_DATA_PATH, where it is set, needs a loader of its own."""
    return shared_loader() if search_path is None else _CREATE_LOADER(search_path)


def _load_file(_self: JSONFileLoader, file_path: str) -> Any:  # noqa: ANN401 - any JSON document
    """As botocore's own: a path without its extension; None where there is no such file."""
    return _document(file_path)


def _load_resource(resource: str) -> Any:  # noqa: ANN401 - any JSON document
    """As moto's own: a path below its package; what it gives is the caller's to change.

    Which instance types a zone offers is left out, a quarter of a second: `economy` refuses to answer it.
    """
    if "instance_type_offerings" in resource:
        return []
    path = Path(str(resources.files("moto") / resource.removesuffix(".gz")))
    return _read(path.with_name(f"{path.name}.gz"), path)


@cache
def _document(file_path: str) -> Any:  # noqa: ANN401 - any JSON document
    return _read(Path(f"{file_path}.json"), Path(f"{file_path}.json.gz"))


def _read(*paths: Path) -> Any:  # noqa: ANN401 - any JSON document
    """The first of these files that exists; None if none does."""
    for path in paths:
        if path.is_file():
            data = path.read_bytes()
            return msgspec.json.decode(gzip.decompress(data) if path.suffix == ".gz" else data)
    return None
