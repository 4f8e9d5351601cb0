"""Pulumi's side of the in-process door: takes a program's registrations to the stacks."""

from __future__ import annotations

import json
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.mocks import MockMonitor, Mocks
from pulumi.runtime.proto import resource_pb2

from landline.sandbox.provider_config import ProviderConfig
from landline.sandbox.stacks import Registration, Stacks
from landline.sandbox.wire import from_struct, to_struct

if TYPE_CHECKING:
    from collections.abc import Callable

    from landline.sandbox.doer import Doer
    from landline.sandbox.resource_type import Made, Properties

T = TypeVar("T")
R = TypeVar("R")

_PROVIDER = "pulumi:providers:aws"
_STACK_REFERENCE = "pulumi:pulumi:StackReference"
_READ_OUTPUTS = "pulumi:pulumi:readStackOutputs"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Pulumi's key for values of special kinds on the wire (sdk/python, runtime/rpc.py)."""
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the kind's public marker


class _NoMocks(Mocks):
    """Pulumi's monitor wants mocks; every method that would use them is overridden here."""

    def call(self, args: Any) -> Any:  # noqa: ANN401 - Pulumi's own types
        raise NotImplementedError(args.token)

    def new_resource(self, args: Any) -> Any:  # noqa: ANN401
        raise NotImplementedError(args.typ)


class StackMonitor(MockMonitor):
    """Takes the registrations of one run of a stack's program, which was begun.

    Components, the stack and providers have no counterpart in AWS: they are answered, and neither counted
    nor kept.
    """

    def __init__(self, stack: str, doer: Doer[Stacks]) -> None:
        super().__init__(_NoMocks())
        self._stack = stack
        self._doer = doer
        self._providers: dict[str, ProviderConfig] = {}
        self.outputs: dict[str, Any] = {}
        """The stack's, as far as they are registered."""

    def RegisterResource(self, request: Any) -> Any:  # noqa: ANN401, N802 - the protocol's own
        """Answers with the resource's outputs, a resource of AWS with a future of them."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == "pulumi:pulumi:Stack":
            return resource_pb2.RegisterResourceResponse(urn=urn)
        if request.type == _PROVIDER:
            inputs = plain(from_struct(request.object))
            self._providers[urn] = ProviderConfig.from_inputs(_decoded(inputs))
            return resource_pb2.RegisterResourceResponse(urn=urn, id="sandbox", object=request.object)
        if not request.custom:
            return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)
        parents = {request.parent} | set(request.dependencies)
        for dependencies in request.propertyDependencies.values():
            parents |= set(dependencies.urns)
        registration = Registration(
            urn=urn,
            token=request.type,
            inputs=plain(from_struct(request.object)),
            config=self._config(request.provider),
            depends_on=frozenset(parents - {""}),
            ignored=tuple(request.ignoreChanges),
            retained=request.retainOnDelete,
        )

        def answer(made: Made) -> Any:  # noqa: ANN401 - Pulumi's own type
            outputs = to_struct({**made.outputs, "id": made.id})
            return resource_pb2.RegisterResourceResponse(urn=urn, id=made.id, object=outputs)

        return _then(self._doer.begin(Stacks.register, self._stack, registration), answer)

    def _config(self, reference: str) -> ProviderConfig | None:
        """The provider's settings; `reference` is its URN and id."""
        return self._providers.get(reference.rpartition("::")[0])

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: ANN401, N802 - the protocol's own
        """Keeps the stack's outputs; a component's are the program's own affair."""
        if request.urn.split("::")[2].split("$")[-1] == "pulumi:pulumi:Stack":
            self.outputs = plain(from_struct(request.outputs))
        return Empty()

    def ReadResource(self, request: Any) -> Any:  # noqa: ANN401, N802
        """Reads another stack's outputs; the sandbox reads no other resource."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type != _STACK_REFERENCE:
            message = f"the sandbox cannot read {request.type} {request.id}: it knows what its stacks made"
            raise NotImplementedError(message)
        name = plain(from_struct(request.properties)).get("name", request.id)
        properties = to_struct(self._reference(name))
        return resource_pb2.ReadResourceResponse(urn=urn, properties=properties)

    def Invoke(self, request: Any) -> Any:  # noqa: ANN401, N802
        """Answers a data source from the world, or another stack's outputs."""
        arguments = plain(from_struct(request.args))
        if request.tok == _READ_OUTPUTS:
            answer = self._reference(arguments["name"])
        else:
            config = self._config(request.provider)
            answer = self._doer.begin(Stacks.invoke, request.tok, config, arguments).result()
        response = resource_pb2.ResourceInvokeResponse()
        getattr(response, "return").CopyFrom(to_struct(answer))
        return response

    def _reference(self, name: str) -> Properties:
        outputs = self._doer.begin(Stacks.outputs_by_reference, name).result()
        return {"name": name, "outputs": dict(outputs), "secretOutputNames": []}


def _then(future: Future[T], answer: Callable[[T], R]) -> Future[R]:
    """What `answer` makes of the future's result."""
    answered: Future[R] = Future()
    answered.set_running_or_notify_cancel()

    def pass_on(future: Future[T]) -> None:
        try:
            answered.set_result(answer(future.result()))
        except Exception as error:  # noqa: BLE001, RUF100 - whoever asks for the result gets it
            answered.set_exception(error)

    future.add_done_callback(pass_on)
    return answered


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
