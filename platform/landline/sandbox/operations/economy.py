"""Work that moto does for every call or every key, and that nobody in the sandbox can see the result of."""

from __future__ import annotations

from functools import cache, cached_property, wraps
from itertools import count
from typing import TYPE_CHECKING, Any, NoReturn
from unittest.mock import patch

from botocore import hooks
from botocore.client import ClientCreator
from botocore.endpoint import EndpointCreator
from botocore.hooks import EventAliaser
from botocore.httpsession import URLLib3Session
from botocore.utils import EVENT_ALIASES
from moto.core import responses, routing, serialize
from moto.core.constants import MISSING
from moto.core.utils import get_value
from moto.ec2.responses import EC2Response
from moto.kms import models
from werkzeug.routing import Rule

from landline.sandbox.patching import Patch

if TYPE_CHECKING:
    from collections.abc import Callable

    from landline.sandbox.state import WorldState


def patches(state: WorldState) -> list[Patch]:  # noqa: ARG001 - a noun's interface
    """Saves about a third of a deployment's time."""
    return [
        # moto lists all methods of a response class, some seven hundred for EC2, at every call.
        Patch(
            responses,
            "method_names_from_class",
            cache(vars(responses)["method_names_from_class"]),
        ),
        Patch(responses, "gen_amzn_requestid_long", _counted_request_id()),
        Patch(serialize.AttributePicker, "__call__", _remembering()),
        # botocore goes through its list of renamed services for each of the five events of a call.
        Patch(EventAliaser, "_alias_event_name", _once_a_name(vars(EventAliaser)["_alias_event_name"])),
        # For each route of a REST service werkzeug compiles two functions that write addresses.
        Patch(routing, "_create_map", _only_to_match(vars(routing)["_create_map"])),
        # A client's way to the network takes more than half of the time to make one.
        Patch(EndpointCreator, "create_endpoint", _connected_later(vars(EndpointCreator)["create_endpoint"])),
        # It looks at a handler's signature anew for every client that the handler is registered with.
        Patch(hooks, "accepts_kwargs", cache(vars(hooks)["accepts_kwargs"])),
        Patch(
            ClientCreator,
            "_create_client_class",
            _once_a_service(vars(ClientCreator)["_create_client_class"]),
        ),
        # The lists behind it are not read (`service_files`).
        Patch(EC2Response, "describe_instance_type_offerings", _no_offerings),
        Patch(
            models,
            "generate_private_key",
            _for_asymmetric_keys(vars(models)["generate_private_key"]),
        ),
    ]


def _counted_request_id() -> Callable[[dict[str, Any] | None], str]:
    """Request ids that cost nothing, and that leave the random numbers to the ids of what is made."""
    numbers = count(1)

    def request_id(headers: dict[str, Any] | None = None) -> str:
        number = f"{next(numbers):052d}"
        if headers is not None:
            headers["x-amzn-requestid"] = number
        return number

    return request_id


def _once_a_name(alias: Callable[[Any, str], str]) -> Callable[[Any, str], str]:
    known: dict[str, str] = {}
    parts = frozenset(part for part in EVENT_ALIASES if "." not in part)
    longer = tuple(part for part in EVENT_ALIASES if "." in part)

    @wraps(alias)
    def alias_event_name(aliaser: Any, event_name: str) -> str:  # noqa: ANN401 - botocore's own types
        # Every client has a copy of botocore's table; nobody here changes one.
        if event_name not in known:
            renamed = not parts.isdisjoint(event_name.split(".")) or any(
                part in event_name for part in longer
            )
            known[event_name] = alias(aliaser, event_name) if renamed else event_name
        return known[event_name]

    return alias_event_name


def _connected_later(create: Callable[..., Any]) -> Callable[..., Any]:
    """The endpoint of a client, with its pool of connections only when a request passes moto by."""

    @wraps(create)
    def create_endpoint(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - botocore's own types
        return create(*args, **{"http_session_cls": _LateSession, **options})

    return create_endpoint


class _LateSession:
    """Botocore's `URLLib3Session`, made when it is used."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - botocore's own
        self._options = options

    @cached_property
    def _session(self) -> URLLib3Session:
        return URLLib3Session(**self._options)

    def send(self, request: Any) -> Any:  # noqa: ANN401 - botocore's own types
        return self._session.send(request)

    def close(self) -> None:
        if "_session" in vars(self):
            self._session.close()


def _once_a_service(create: Callable[..., type]) -> Callable[..., type]:
    """The class of a service's clients, which botocore makes anew for every account and Region."""
    known: dict[tuple[str, str], type] = {}

    @wraps(create)
    def create_client_class(creator: Any, service_name: str, service_model: Any) -> type:  # noqa: ANN401
        key = (service_name, service_model.api_version)
        if key not in known:
            known[key] = create(creator, service_name, service_model)
        return known[key]

    return create_client_class


def _remembering() -> Callable[[Any, Any], Any]:
    """Moto's search for a member of an object, which asks for each one anew under what names it may be found.

    The names are the same for all objects of a class, and the transformer for all members of one path.
    """
    names: dict[tuple[object, ...], tuple[str, ...]] = {}
    paths: dict[tuple[object, ...], str | None] = {}

    def pick(picker: Any, context: Any) -> Any:  # noqa: ANN401 - moto's own types
        key = (type(picker), type(context.obj), context.shape, context.key)
        if key not in names:
            names[key] = tuple(dict.fromkeys(picker.get_possible_keys(context)))
        value = None
        for name in names[key]:
            found = get_value(context.obj, name, MISSING)
            if found is not MISSING:
                value = found
                break
        transformers = picker.response_transformers
        path = f"{context.key_path}.{context.key}"
        place = (id(transformers), len(transformers), path)
        if place not in paths:
            paths[place] = next((end for end in transformers if path.endswith(end)), None)
        transform = paths[place]
        return value if transform is None else transformers[transform](value)

    return pick


def _only_to_match(create: Callable[[list[Rule]], Any]) -> Callable[[list[Rule]], Any]:
    """Moto's table of routes, which it looks requests up in and never writes an address from."""

    @wraps(create)
    def create_map(rules: list[Rule]) -> Any:  # noqa: ANN401 - werkzeug's own
        with patch.object(Rule, "_compile_builder", lambda _rule, _append_unknown: _no_address):
            return create(rules)

    return create_map


def _no_address(_rule: Rule, **_values: object) -> NoReturn:
    message = "the sandbox's routes only match addresses"
    raise NotImplementedError(message)


def _no_offerings(_call: object) -> NoReturn:
    message = "the sandbox does not know which instance types a zone offers"
    raise NotImplementedError(message)


def _for_asymmetric_keys(generate: Callable[[str], Any]) -> Callable[[str], Any]:
    """No RSA pair, a tenth of a second each, for symmetric keys, which cannot sign."""

    @wraps(generate)
    def generate_private_key(key_spec: str) -> Any:  # noqa: ANN401 - moto's own types
        return None if key_spec == "SYMMETRIC_DEFAULT" else generate(key_spec)

    return generate_private_key
