"""Open Cybersecurity Schema Framework: what is wrong with a finding, and a finding with its spoke's stamp.

A finding is held to the JSON Schema of its own OCSF version, class and profiles, which `ocsf-json-schema`
makes of the published schemas (https://schema.ocsf.io).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from ocsf_json_schema import (  # type: ignore[import-untyped]
    OcsfJsonSchemaEmbedded,
    get_ocsf_schema,
    get_packaged_versions,
)

from landline.intake.mistake import Mistake, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema import ValidationError

CATEGORY = 2
"""``category_uid`` of findings ("OCSF Schema, Categories, Findings"): the hundreds of their classes are
20."""
PROVIDER = "landline"
"""Whose enrichment the stamp is."""

MOST_PROFILES = 16
"""More than any version has."""


def is_finding(class_uid: object) -> bool:
    """Whether it is the id of a class of findings: 2001 to 2999."""
    return isinstance(class_uid, int) and CATEGORY * 1000 < class_uid < (CATEGORY + 1) * 1000


def finding_id(finding: Mapping[str, Any]) -> str | None:
    """The finding's own id: of ``finding_info``, in 1.0 of ``finding``, else of the event."""
    for place in ("finding_info", "finding", "metadata"):
        held = finding.get(place)
        if isinstance(held, dict) and isinstance(held.get("uid"), str) and held["uid"].strip():
            return str(held["uid"])
    return None


def mistakes(index: int, finding: Mapping[str, Any], account: str) -> Iterator[Mistake]:
    """All that is wrong with the finding of a spoke in `account`."""
    metadata = finding.get("metadata")
    version = metadata.get("version") if isinstance(metadata, dict) else None
    if not isinstance(version, str) or version not in versions():
        yield Mistake(
            index,
            "metadata.version",
            "is no version of OCSF that the intake knows",
            f"write one of {', '.join(sorted(versions()))}",
            None if version is None else shown(version),
        )
    else:
        yield from _schema_mistakes(index, finding, version)
    if finding_id(finding) is None:
        yield Mistake(
            index, "metadata.uid", "is missing, and finding_info.uid too", "write the finding's own id there"
        )
    yield from _claims(index, finding, account)


def stamped(finding: Mapping[str, Any], stamp: Mapping[str, str]) -> dict[str, Any]:
    """The finding with who sent it, as an enrichment.

    An enrichment is what somebody on the way adds to an event, with a name, a value, data and who provides
    it ("OCSF Schema, Enrichment"; every class has ``enrichments``). `mistakes` lets through none of a
    client's that says it is the intake's.
    """
    enrichment = {
        "name": "landline/spoke",
        "value": stamp["spoke"],
        "type": "landline",
        "provider": PROVIDER,
        "data": dict(stamp),
    }
    return {**finding, "enrichments": [*finding.get("enrichments", []), enrichment]}


@lru_cache(maxsize=1)
def versions() -> frozenset[str]:
    """The released versions whose schemas are known."""
    return frozenset(version for version in get_packaged_versions() if "-" not in version)


@lru_cache(maxsize=4)
def _schemas(version: str) -> OcsfJsonSchemaEmbedded:
    return OcsfJsonSchemaEmbedded(get_ocsf_schema(version=version))


@lru_cache(maxsize=64)
def _validator(version: str, class_uid: int, profiles: tuple[str, ...]) -> Draft202012Validator | None:
    """The validator of a class, or None where the version has no such class."""
    schemas = _schemas(version)
    try:
        name = schemas.lookup_class_name_from_uid(class_uid)
    except ValueError:
        return None
    return Draft202012Validator(schemas.get_class_schema(class_name=name, profiles=list(profiles)))


def _schema_mistakes(index: int, finding: Mapping[str, Any], version: str) -> Iterator[Mistake]:
    profiles = finding["metadata"].get("profiles", [])
    if (
        not isinstance(profiles, list)
        or len(profiles) > MOST_PROFILES
        or not all(isinstance(one, str) for one in profiles)
    ):
        yield Mistake(
            index,
            "metadata.profiles",
            "is no list of profiles",
            'write ["cloud"], or nothing',
            shown(profiles),
        )
        return
    validator = _validator(version, finding["class_uid"], tuple(sorted(set(profiles))))
    if validator is None:
        yield Mistake(
            index,
            "class_uid",
            f"is no class of OCSF {version}",
            "write 2004, Detection Finding, or another class of that version",
            shown(finding["class_uid"]),
        )
        return
    for error in validator.iter_errors(dict(finding)):
        yield _mistake(index, error)


_REMEDIES = {
    "required": "write it: the class requires it",
    "additionalProperties": "remove it or write it into unmapped, or name its profile in metadata.profiles",
    "type": "write a value of that type",
    "enum": "write one of the class's values",
}


def _mistake(index: int, error: ValidationError) -> Mistake:
    path = error.json_path.removeprefix("$").removeprefix(".")
    scalar = error.validator in ("type", "enum") and not isinstance(error.instance, dict | list)
    return Mistake(
        index,
        path,
        # What jsonschema says repeats the instance, which may be the whole finding.
        shown(error.message),
        _REMEDIES.get(str(error.validator), "see the class in the OCSF schema"),
        shown(error.instance) if scalar else None,
    )


def _claims(index: int, finding: Mapping[str, Any], account: str) -> Iterator[Mistake]:
    cloud = finding.get("cloud")
    holder = cloud.get("account") if isinstance(cloud, dict) else None
    claimed = holder.get("uid") if isinstance(holder, dict) else None
    if claimed is not None and claimed != account:
        yield Mistake(
            index,
            "cloud.account.uid",
            "is not the account that the connection comes from",
            f"write {account}; another account sends its own findings",
            shown(claimed),
        )
    enrichments = finding.get("enrichments")
    for place, one in enumerate(enrichments if isinstance(enrichments, list) else []):
        if not isinstance(one, dict):
            continue
        for name in ("provider", "name", "type"):
            value = one.get(name)
            if isinstance(value, str) and value.strip().lower().split("/")[0] == PROVIDER:
                yield Mistake(
                    index,
                    f"enrichments[{place}].{name}",
                    f"says {PROVIDER}, which only the intake writes",
                    "remove it",
                    shown(value),
                )
