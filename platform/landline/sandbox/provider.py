"""Door 2 of the sandbox: the provider `aws` that a real Pulumi engine attaches to over gRPC."""

# ruff: noqa: ARG002, N802 - names and parameters are those of the protocol (provider.proto)

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, cast

import grpc
from botocore.exceptions import BotoCoreError, ClientError
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto.provider_pb2_grpc import (
    ResourceProviderServicer,
    add_ResourceProviderServicer_to_server,
)

from landline.errors import LandlineError, UsageError
from landline.sandbox import input_types
from landline.sandbox.diff import Diff, diff
from landline.sandbox.provider_config import ProviderConfig
from landline.sandbox.resources.table import named, unsupported
from landline.sandbox.unknown import UNKNOWN, has_unknown
from landline.sandbox.wire import from_struct, to_struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from landline.sandbox.input_types import Mistake
    from landline.sandbox.resource_type import Place, Properties, ResourceType

    Invoke = Callable[[Place, Properties], Properties]

_MAX_MESSAGE = 400 * 1024 * 1024  # bytes, the limit of Pulumi's own SDKs
_ENGINE_SETTINGS = frozenset({"version", "pluginDownloadURL", "__internal"})
"""What the engine adds to a provider's inputs for itself."""
_EXPECTED = (ClientError, BotoCoreError, LandlineError, NotImplementedError)
"""What a row may raise: AWS's refusal, boto3's own, ours, and moto's word for an operation that it lacks."""


class Places(Protocol):
    """A running world of accounts and Regions."""

    def place(self, account: str, region: str) -> Place:
        """One account and Region of it. Called from several threads."""
        ...


class AwsProvider(ResourceProviderServicer):
    """Serves the resource table to an engine; only updates, never previews, reach the world.

    It is not the AWS provider: rows of the table stand in for its validation, defaults and reads. Inputs are
    checked strictly against the installed pulumi_aws. What AWS refuses fails with AWS's own words.

    An engine opens one connection for each `aws.Provider` of a program, so each connection has its own
    configuration.
    """

    def __init__(
        self, world: Places, resource_types: Mapping[str, ResourceType], invokes: Mapping[str, Invoke]
    ) -> None:
        self._world = world
        self._resource_types = resource_types
        self._invokes = invokes
        self._configs: dict[str, ProviderConfig] = {}

    # The engine's greeting

    def Handshake(
        self, request: pb.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> pb.ProviderHandshakeResponse:
        """Accepts no secrets, resources or outputs: the engine unwraps them and keeps their marks itself."""
        return pb.ProviderHandshakeResponse()

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> Empty:
        """The engine's address; nothing here calls it back."""
        return Empty()

    def GetPluginInfo(self, request: Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """The version of pulumi_aws, whose input types this provider checks."""
        return plugin_pb2.PluginInfo(version=input_types.SDK_VERSION)

    def Cancel(self, request: Empty, context: grpc.ServicerContext) -> Empty:
        """Calls into the world are short; there is nothing to interrupt."""
        return Empty()

    # The provider resource

    def CheckConfig(self, request: pb.CheckRequest, context: grpc.ServicerContext) -> pb.CheckResponse:
        """Refuses settings that `aws.Provider` lacks, of a wrong type, or that the sandbox cannot honour."""
        inputs = from_struct(request.news)
        decoded = _decoded(inputs)
        mistakes = [*input_types.provider_mistakes(decoded)]
        if not mistakes and not has_unknown(decoded):
            try:
                ProviderConfig.from_inputs(decoded)
            except UsageError as error:
                mistakes.append(input_types.Mistake("", str(error)))
        return pb.CheckResponse(inputs=request.news, failures=_failures(mistakes))

    def DiffConfig(self, request: pb.DiffRequest, context: grpc.ServicerContext) -> pb.DiffResponse:
        """A provider is never replaced; its resources are, when their Region changes."""
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        changed = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
        changes = pb.DiffResponse.DIFF_SOME if changed else pb.DiffResponse.DIFF_NONE
        return pb.DiffResponse(changes=changes, diffs=changed)

    def Configure(self, request: pb.ConfigureRequest, context: grpc.ServicerContext) -> pb.ConfigureResponse:
        """Fixes account, Region and default tags for the calls of this connection."""
        inputs = _decoded(
            {key.removeprefix("aws:config:"): value for key, value in request.variables.items()}
        )
        try:
            self._configs[context.peer()] = ProviderConfig.from_inputs(inputs)
        except UsageError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        return pb.ConfigureResponse(supportsPreview=True)

    # Resources

    def Check(self, request: pb.CheckRequest, context: grpc.ServicerContext) -> pb.CheckResponse:
        """Refuses types and inputs that the table or pulumi_aws lacks; adds a missing name and `tagsAll`."""
        row = self._resource_types.get(request.type)
        if row is None:
            reason = (
                f"the sandbox has no resource type {request.type}. "
                "Add its row to landline.sandbox.resources, or leave it out of the sandbox's stacks."
            )
            return pb.CheckResponse(inputs=request.news, failures=[pb.CheckFailure(reason=reason)])
        given = from_struct(request.news)
        mistakes = [*input_types.mistakes(row.token, given)]
        named_already = {mistake.path for mistake in mistakes}
        mistakes += [
            input_types.Mistake(name, f"the sandbox's row of {row.token} does not understand input {name!r}")
            for name in unsupported(row, given)
            if name not in named_already
        ]
        inputs = named(row, request.urn, given, from_struct(request.olds), salt=request.randomSeed.hex())
        if row.tagged and not mistakes:
            unknown = has_unknown(inputs.get("tags"))
            inputs = inputs | {"tagsAll": UNKNOWN if unknown else self._config(context).tags_all(inputs)}
        return pb.CheckResponse(inputs=to_struct(inputs), failures=_failures(mistakes))

    def Diff(self, request: pb.DiffRequest, context: grpc.ServicerContext) -> pb.DiffResponse:
        """Compares inputs; the table's `replace_on` decides what AWS replaces."""
        row = self._row(request.type, context)
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        home = from_struct(request.olds).get("region")
        if home:
            # A resource without a Region of its own follows its provider's.
            old.setdefault("region", home)
            new.setdefault("region", self._config(context).region)
        for path in request.ignoreChanges:
            if path in old:
                new[path] = old[path]
            else:
                new.pop(path, None)
        return _diff_response(diff(row, old, new, own_name=_own_name(row, request.urn, new)))

    def Create(self, request: pb.CreateRequest, context: grpc.ServicerContext) -> pb.CreateResponse:
        """Makes the resource; a preview makes nothing, and knows only what was asked for."""
        row = self._row(request.type, context)
        inputs = from_struct(request.properties)
        if request.preview:
            unknown = dict.fromkeys(input_types.output_names(request.type) - inputs.keys(), UNKNOWN)
            return pb.CreateResponse(id="", properties=to_struct(inputs | unknown))
        try:
            made = row.create(self._place(inputs, context), inputs)
        except _EXPECTED as error:
            _abort(context, f"creating {request.type} {request.name!r}", error)
        return pb.CreateResponse(id=made.id, properties=to_struct(made.outputs))

    def Read(self, request: pb.ReadRequest, context: grpc.ServicerContext) -> pb.ReadResponse:
        """The resource as it is now; an answer without an id says that it is gone."""
        row = self._row(request.type, context)
        known, inputs = from_struct(request.properties), from_struct(request.inputs)
        try:
            outputs = row.read(self._place(known, context), request.id, known)
        except _EXPECTED as error:
            _abort(context, f"reading {request.type} {request.id}", error)
        if outputs is None:
            return pb.ReadResponse()
        # Only what drifted since the last answer reaches the inputs: AWS may spell an input in its own way.
        drifted = {key: outputs[key] for key in inputs if key in outputs and outputs[key] != known.get(key)}
        return pb.ReadResponse(
            id=request.id, properties=to_struct(outputs), inputs=to_struct(inputs | drifted)
        )

    def Update(self, request: pb.UpdateRequest, context: grpc.ServicerContext) -> pb.UpdateResponse:
        """Changes the resource in place; a preview answers with the old outputs under the new inputs."""
        row = self._row(request.type, context)
        outputs = from_struct(request.olds)
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        if request.preview:
            kept = {key: value for key, value in outputs.items() if key not in old or key in new}
            return pb.UpdateResponse(properties=to_struct(kept | new))
        try:
            updated = row.update(self._place(outputs, context), request.id, old, new)
        except _EXPECTED as error:
            _abort(context, f"updating {request.type} {request.id}", error)
        return pb.UpdateResponse(properties=to_struct(updated))

    def Delete(self, request: pb.DeleteRequest, context: grpc.ServicerContext) -> Empty:
        """Removes the resource; one that is gone already counts as removed."""
        row = self._row(request.type, context)
        outputs = from_struct(request.properties)
        try:
            row.delete(self._place(outputs, context), request.id, outputs)
        except _EXPECTED as error:
            _abort(context, f"deleting {request.type} {request.id}", error)
        return Empty()

    def Invoke(self, request: pb.InvokeRequest, context: grpc.ServicerContext) -> pb.InvokeResponse:
        """Answers a data source from the world, in previews too: it changes nothing."""
        invoke = self._invokes.get(request.tok)
        if invoke is None:
            context.abort(
                grpc.StatusCode.UNIMPLEMENTED,
                f"the sandbox has no data source {request.tok}. Add it to landline.sandbox.resources.",
            )
        arguments = from_struct(request.args)
        try:
            answer = invoke(self._place(arguments, context), arguments)
        except _EXPECTED as error:
            _abort(context, f"invoking {request.tok}", error)
        response = pb.InvokeResponse()
        getattr(response, "return").CopyFrom(to_struct(answer))
        return response

    def _row(self, token: str, context: grpc.ServicerContext) -> ResourceType:
        row = self._resource_types.get(token)
        if row is None:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"the sandbox has no resource type {token}")
        return row

    def _config(self, context: grpc.ServicerContext) -> ProviderConfig:
        config = self._configs.get(context.peer())
        if config is None:
            context.abort(
                grpc.StatusCode.FAILED_PRECONDITION, "aws.Provider: not configured on this connection"
            )
        return config

    def _place(self, properties: Properties, context: grpc.ServicerContext) -> Place:
        config = self._config(context)
        return self._world.place(config.account, properties.get("region") or config.region)


@contextmanager
def serving(provider: AwsProvider, port: int = 0, *, threads: int = 8) -> Iterator[int]:
    """Serve `provider` on `port` of 127.0.0.1 (0: a free one), given as the context's value, until it ends.

    Calls that are under way at the end have five seconds to finish. Raises UsageError when the port is taken.
    """
    options = [
        ("grpc.max_receive_message_length", _MAX_MESSAGE),
        ("grpc.max_send_message_length", _MAX_MESSAGE),
        ("grpc.so_reuseport", 0),
    ]
    with ThreadPoolExecutor(threads, thread_name_prefix="aws-provider") as pool:
        server = grpc.server(pool, options=options)
        add_ResourceProviderServicer_to_server(provider, server)
        try:
            bound = server.add_insecure_port(f"127.0.0.1:{port}")
        except RuntimeError as error:
            raise UsageError(
                f"port {port} of 127.0.0.1 cannot be used; give another --provider-port, or none"
            ) from error
        server.start()
        try:
            yield bound
        finally:
            server.stop(grace=5).wait()


def _decoded(inputs: Mapping[str, Any]) -> Properties:
    """Provider settings with their JSON undone: the engine hands over all but strings as JSON text."""
    kinds = input_types.provider_input_types()
    return {
        key: _from_json(value) if isinstance(value, str) and kinds.get(key) is not str else value
        for key, value in inputs.items()
        if key not in _ENGINE_SETTINGS
    }


def _from_json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        # An unknown value, or a mistake that the check by type then words.
        return text


def _own_name(row: ResourceType, urn: str, inputs: Properties) -> bool:
    """Whether the program named the resource: a made-up name is one that `named` would keep."""
    if row.autoname is None or row.autoname.property not in inputs:
        return False
    nameless = {key: value for key, value in inputs.items() if key != row.autoname.property}
    return named(row, urn, nameless, inputs) != inputs


def _failures(mistakes: tuple[Mistake, ...] | list[Mistake]) -> list[pb.CheckFailure]:
    return [pb.CheckFailure(property=mistake.path, reason=mistake.reason) for mistake in mistakes]


def _diff_response(change: Diff) -> pb.DiffResponse:
    kinds = pb.PropertyDiff.Kind
    detailed = {
        key: pb.PropertyDiff(
            kind=cast("Any", kinds.Value(f"{kind}_REPLACE" if key in change.replaces else kind)),
            inputDiff=True,
        )
        for kind, keys in (("ADD", change.added), ("DELETE", change.removed), ("UPDATE", change.changed))
        for key in keys
    }
    return pb.DiffResponse(
        changes=pb.DiffResponse.DIFF_SOME if change else pb.DiffResponse.DIFF_NONE,
        diffs=sorted(detailed),
        replaces=sorted(change.replaces),
        deleteBeforeReplace=change.delete_before_replace,
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )


def _abort(context: grpc.ServicerContext, doing: str, error: Exception) -> NoReturn:
    """End the call with AWS's words: boto3's text holds the error code, the operation and the message."""
    context.abort(grpc.StatusCode.UNKNOWN, f"{doing}: {error}")
