"""Pulumi's side of the in-process door: takes a program's registrations and acts on them."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import BotoCoreError, ClientError
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.mocks import MockMonitor, Mocks
from pulumi.runtime.proto import resource_pb2

from landline.errors import LandlineError, UsageError
from landline.sandbox.diff import diff
from landline.sandbox.provider_config import ProviderConfig
from landline.sandbox.resources.table import INVOKES, named, row_of, unsupported
from landline.sandbox.stack_state import Deployed
from landline.sandbox.wire import from_struct, to_struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from landline.sandbox.resource_type import Place, Properties, ResourceType

    OnChange = Callable[["Change", str, str], None]

Change = Literal["created", "updated", "replaced", "deleted", "same"]

EXPECTED_FAILURES = (ClientError, BotoCoreError, LandlineError, NotImplementedError)
"""What a row may raise: AWS's refusal, boto3's own, ours, and moto's word for an operation that it lacks."""

_PROVIDER = "pulumi:providers:aws"
_STACK_REFERENCE = "pulumi:pulumi:StackReference"
_READ_OUTPUTS = "pulumi:pulumi:readStackOutputs"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Pulumi's key for values of special kinds on the wire (sdk/python, runtime/rpc.py)."""
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the kind's public marker


class ResourceFailedError(Exception):
    """A resource that could not be made or changed; the text names it and carries AWS's code and words."""


class _NoMocks(Mocks):
    """Pulumi's monitor wants mocks; every method that would use them is overridden here."""

    def call(self, args: Any) -> Any:  # noqa: ANN401 - Pulumi's own types
        raise NotImplementedError(args.token)

    def new_resource(self, args: Any) -> Any:  # noqa: ANN401
        raise NotImplementedError(args.typ)


@dataclass(slots=True)
class _Run:
    """What one run of a program has done so far."""

    deployed: dict[str, Deployed] = field(default_factory=dict)
    superseded: list[Deployed] = field(default_factory=list)
    """Replaced resources whose predecessors wait for their deletion."""
    providers: dict[str, ProviderConfig] = field(default_factory=dict)
    counts: dict[Change, int] = field(default_factory=lambda: dict.fromkeys(_CHANGES, 0))
    outputs: dict[str, Any] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


_CHANGES: tuple[Change, ...] = ("created", "updated", "replaced", "deleted", "same")


class StackMonitor(MockMonitor):
    """Takes the registrations of one program run against `place`, starting from `before`.

    Components, the stack and providers have no counterpart in AWS: they are answered, and neither counted
    nor kept.
    """

    def __init__(
        self,
        place: Callable[[str, str], Place],
        before: Mapping[str, Deployed],
        stack_outputs: Callable[[str], Mapping[str, Any]],
        on_change: OnChange,
    ) -> None:
        super().__init__(_NoMocks())
        self._place = place
        self._before = before
        self._stack_outputs = stack_outputs
        self._on_change = on_change
        self._lock = threading.RLock()
        self.run = _Run()

    # Registrations

    def RegisterResource(self, request: Any) -> Any:  # noqa: ANN401, N802 - the protocol's own
        """Makes, changes, replaces or keeps the resource, and answers with its outputs."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == "pulumi:pulumi:Stack":
            return resource_pb2.RegisterResourceResponse(urn=urn)
        inputs = plain(from_struct(request.object))
        with self._lock:
            if request.type == _PROVIDER:
                self.run.providers[urn] = ProviderConfig.from_inputs(_decoded(inputs))
                return resource_pb2.RegisterResourceResponse(urn=urn, id="sandbox", object=request.object)
            if not request.custom:
                return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)
            try:
                deployed = self._settle(urn, request, inputs)
            except EXPECTED_FAILURES as error:
                message = f"{request.type} {request.name}: {worded(error)}"
                self.run.failures.append(message)
                raise ResourceFailedError(message) from error
            self.run.deployed[urn] = deployed
        return resource_pb2.RegisterResourceResponse(
            urn=urn, id=deployed.id, object=to_struct({**deployed.outputs, "id": deployed.id})
        )

    def _settle(self, urn: str, request: Any, inputs: Properties) -> Deployed:  # noqa: ANN401 - the request
        row = row_of(request.type)
        config = self._config(request.provider, request.type)
        old = self._before.get(urn)
        wanted = named(row, urn, inputs, old.inputs if old else None)
        if row.tagged:
            wanted = {**wanted, "tagsAll": config.tags_all(inputs)}
        refused = unsupported(row, wanted)
        if refused:
            known = ", ".join(sorted(row.inputs))
            message = f"the sandbox's {row.token} does not understand {', '.join(refused)}; it takes {known}"
            raise UsageError(message)
        if urn in self.run.deployed:
            message = f"{urn} is declared twice"
            raise UsageError(message)
        parents = {request.parent} | set(request.dependencies)
        for dependencies in request.propertyDependencies.values():
            parents |= set(dependencies.urns)
        target = Deployed(
            urn=urn,
            token=row.token,
            id=old.id if old else "",
            inputs=wanted,
            outputs=old.outputs if old else {},
            account=config.account,
            region=config.region,
            depends_on=frozenset(parents - {""}),
            retained=request.retainOnDelete,
        )
        ignored = {} if old is None else {k: old.inputs[k] for k in request.ignoreChanges if k in old.inputs}
        target = replace(target, inputs={**target.inputs, **ignored})
        own_name = row.autoname is not None and bool(inputs.get(row.autoname.property))
        change, deployed = self._change(row, old, target, own_name=own_name)
        self.run.counts[change] += 1
        self._on_change(change, row.token, deployed.name)
        return deployed

    def _change(
        self, row: ResourceType, old: Deployed | None, target: Deployed, *, own_name: bool
    ) -> tuple[Change, Deployed]:
        """Does what the difference asks for; `own_name` says that the program named the resource itself."""
        place = self._place(target.account, target.region)
        if old is None:
            return "created", _create(row, place, target)
        moved = (old.account, old.region) != (target.account, target.region)
        difference = diff(row, old.inputs, target.inputs, own_name=own_name)
        if not difference and not moved:
            return "same", target
        if not difference.replaces and not moved:
            outputs = row.update(place, old.id, old.inputs, target.inputs)
            return "updated", replace(target, id=str(outputs.get("id", old.id)), outputs=outputs)
        if difference.delete_before_replace and not moved:
            if not old.retained:
                row.delete(place, old.id, old.outputs)
            return "replaced", _create(row, place, target)
        if row.autoname is not None and not own_name:
            # A name made up anew, so that the new resource can stand beside the old.
            rule = row.autoname.property
            nameless = {k: v for k, v in target.inputs.items() if k != rule}
            target = replace(target, inputs=named(row, old.urn, nameless, salt=old.inputs[rule]))
        self.run.superseded.append(old)
        return "replaced", _create(row, place, target)

    def _config(self, reference: str, token: str) -> ProviderConfig:
        """The provider's settings; `reference` is its URN and id."""
        config = self.run.providers.get(reference.rpartition("::")[0])
        if config is None:
            message = (
                f"{token} has no provider of its own stack: pass every resource one declared aws.Provider"
            )
            raise UsageError(message)
        return config

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: ANN401, N802 - the protocol's own
        """Keeps the stack's outputs; a component's are the program's own affair."""
        if request.urn.split("::")[2].split("$")[-1] == "pulumi:pulumi:Stack":
            self.run.outputs = plain(from_struct(request.outputs))
        return Empty()

    def ReadResource(self, request: Any) -> Any:  # noqa: ANN401, N802
        """Reads another stack's outputs; the sandbox reads no other resource."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type != _STACK_REFERENCE:
            message = f"the sandbox cannot read {request.type} {request.id}: it knows what its stacks made"
            raise NotImplementedError(message)
        name = plain(from_struct(request.properties)).get("name", request.id)
        properties = {
            "name": name,
            "outputs": dict(self._stack_outputs(name)),
            "secretOutputNames": [],
        }
        return resource_pb2.ReadResourceResponse(urn=urn, properties=to_struct(properties))

    def Invoke(self, request: Any) -> Any:  # noqa: ANN401, N802
        """Answers a data source from the world, or another stack's outputs."""
        arguments = plain(from_struct(request.args))
        if request.tok == _READ_OUTPUTS:
            name = arguments["name"]
            answer: Properties = {
                "name": name,
                "outputs": dict(self._stack_outputs(name)),
                "secretOutputNames": [],
            }
        elif request.tok in INVOKES:
            config = self._config(request.provider, request.tok)
            answer = INVOKES[request.tok](self._place(config.account, config.region), arguments)
        else:
            message = f"the sandbox has no data source {request.tok}. Add it to landline.sandbox.resources."
            raise UsageError(message)
        response = resource_pb2.ResourceInvokeResponse()
        getattr(response, "return").CopyFrom(to_struct(answer))
        return response


def _create(row: ResourceType, place: Place, target: Deployed) -> Deployed:
    made = row.create(place, target.inputs)
    return replace(target, id=made.id, outputs=made.outputs)


def plain(value: Any) -> Any:  # noqa: ANN401 - any wire value
    """The value without the marks of secrets: the sandbox keeps none, it lives and dies in one process."""
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _SECRET:
            return plain(value["value"])
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def _decoded(inputs: Properties) -> Properties:
    """A provider's inputs with their JSON undone: all but strings travel as JSON text."""
    return {
        key: json.loads(value) if isinstance(value, str) and value[:1] in {"[", "{"} else value
        for key, value in inputs.items()
    }


def worded(error: Exception) -> str:
    """AWS's code and words where AWS refused, else the error's own text."""
    if isinstance(error, ClientError):
        detail = error.response.get("Error", {})
        return f"{detail.get('Code', 'Unknown')}: {detail.get('Message', error)}"
    return str(error)
