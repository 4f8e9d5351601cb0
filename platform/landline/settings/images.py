"""The container images of a hub's own services."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationInfo

from landline.settings.common import Settings
from landline.settings.fields import place, wrong


def _image(value: object, info: ValidationInfo) -> str:
    where = place(info)
    region = where.region or "eu-west-1"
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    remedy = f"write {where.account or '111111111111'}.dkr.ecr.{region}.{suffix}/<repository>@sha256:<digest>"
    if not isinstance(value, str) or not re.fullmatch(r"[!-~]+", value):
        raise wrong("is no container image", remedy)
    registry = re.match(r"[0-9]{12}\.dkr\.ecr\.([a-z0-9-]+)\.(amazonaws\.com(?:\.cn)?)/", value)
    if registry is None or (where.region is not None and (registry[1], registry[2]) != (region, suffix)):
        raise wrong(
            "is in no private ECR registry of the stack's Region, and an isolated hub can pull from no other",
            remedy,
        )
    repository = r"[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?"
    if re.fullmatch(repository, value[registry.end() :]):
        raise wrong(
            "names no digest, and what a tag means can change",
            f"{remedy}; `docker push` and `aws ecr describe-images` show it",
        )
    if not re.fullmatch(repository + r"@sha256:[0-9a-f]{64}", value[registry.end() :]):
        raise wrong("names no digest of a repository", remedy)
    return value


Image = Annotated[str, BeforeValidator(_image)]

_EXAMPLE = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/landline"
EXAMPLE = {
    "front": f"{_EXAMPLE}/front@sha256:{'0123456789abcdef' * 4}",
    "intake": f"{_EXAMPLE}/intake@sha256:{'fedcba9876543210' * 4}",
}


class Images(Settings):
    """The two containers of each log archive and findings intake, in a private ECR registry of the Region."""

    front: Annotated[Image, Field(examples=[EXAMPLE["front"]])]
    """Envoy 1.40 as its maintainers build it, `envoyproxy/envoy:distroless-v1.40-latest`, copied there; with
    its digest, as `…/landline/front@sha256:…`."""
    intake: Annotated[Image, Field(examples=[EXAMPLE["intake"]])]
    """Landline's own intake, built of this repository; with its digest too."""
