"""The proxy in front of a hub's own services: the whole configuration of Envoy.

Behind PrivateLink every client has the load balancer's address. Which endpoint a connection came through
stands in one place only: the PROXY protocol v2 header that the load balancer puts in front of it, in a TLV of
type 0xEA ("Network Load Balancer guide, Proxy protocol"). This proxy reads it, and hands it on as a header
that no client can write.
"""

import json
from collections.abc import Mapping
from typing import Any, TypedDict

PORT = 8443
"""Where the proxy listens, whatever ports the service has: a port that no root user is needed for."""
INTAKE_PORT = 8080
"""Where the container behind it listens, on the loopback address that the containers of a task share."""
HEALTH_PATH = "/healthz"
"""What load balancers ask for. Their header has the command LOCAL and no TLV, so it is the only path that is
passed on without an endpoint's id."""

ENDPOINT_HEADER = "x-landline-endpoint-id"
HEADER_PREFIX = "x-landline-"
"""Headers that begin with it are the proxy's own; those of clients are removed."""

CERTIFICATE_VARIABLE = "LANDLINE_TLS_CERTIFICATE"
"""The environment variable that holds the certificate and its chain, as PEM."""
KEY_VARIABLE = "LANDLINE_TLS_KEY"
"""The environment variable that holds the certificate's private key, as PEM."""

VPC_ENDPOINT_TLV = 0xEA
"""PP2_TYPE_AWS: its first byte is the subtype, 0x01 for a VPC endpoint's id, which is the rest ("Network Load
Balancer guide, VPC endpoint services")."""

MAX_CONNECTIONS = 2000
MAX_HEAP_BYTES = 512 * 1024 * 1024
BUFFER_BYTES = 32 * 1024
"""What is held of a connection in each direction. Bodies are passed on as they arrive, and what is behind the
proxy says how long they may be, so a slow or a large one costs no more here than a small one."""

SHARES = tuple(f"{half}-{digit:x}" for digit in range(16) for half in ("low", "high"))
"""Envoy counts connections by filter chain and knows no count for each value of a TLV ("Envoy documentation,
Connection limit"), and which endpoints there will be is not known here. So each endpoint belongs to one of 32
chains, by the last two digits of its id. That AWS spreads these evenly is assumed; no page says how ids are
made."""
SHARE_CONNECTIONS = 250
"""At once, of the endpoints of a share: an eighth of all, and more than a fleet's exporters of one spoke keep
open to a task."""
SHARE_NEW_CONNECTIONS = 50
"""A second, after a share's worth at once: a TLS handshake is the dearest thing that a client can ask for."""
UNNAMED_CONNECTIONS = 100
"""At once, of those that came through no endpoint: the load balancer's health checks, which have room of
their own."""
ENDPOINT_REQUESTS = 200
"""A second, of one endpoint, after twice as many at once; one too many is answered with 429."""

_TYPE = "type.googleapis.com/"
_EXTENSIONS = f"{_TYPE}envoy.extensions."
_TLV_STATE = "envoy.network.proxy_protocol.tlv"
_TLV = "endpoint"
_HALVES = {"low": "0-7", "high": "89a-f"}
"""Of the digit before the last."""
_METADATA = "landline"

# The pattern is that of AWS's ids, 8 or 17 hexadecimal digits after the prefix. Whatever else stands in the
# TLV is no id: no header is set then. An error in the script does the same, as Envoy goes on without it.
_SCRIPT = f"""\
function envoy_on_request(handle)
  local value = handle:streamInfo():filterState():get("{_TLV_STATE}", "{_TLV}")
  if type(value) ~= "string" then return end
  local id = string.match(value, "^\\1(vpce%-%x+)$")
  if id == nil or id ~= string.lower(id) or (#id ~= 13 and #id ~= 22) then return end
  handle:headers():replace("{ENDPOINT_HEADER}", id)
  handle:streamInfo():dynamicMetadata():set("{_METADATA}", "endpoint_id", id)
end
"""


class FrontArgs(TypedDict):
    """What differs between proxies."""

    tls: bool
    """Whether the proxy ends TLS, with the certificate in its environment. False where the load balancer
    did."""
    port: int
    """Where it listens."""
    intake_port: int
    """Where the container behind it listens, on 127.0.0.1."""


def front_configuration(args: FrontArgs) -> dict[str, Any]:
    """Envoy's bootstrap configuration, complete and static, as JSON-like values.

    It admits connections with a PROXY protocol v2 header only. Every request that it passes on carries
    exactly one `ENDPOINT_HEADER`, the id of the endpoint that its connection came through; a request on
    another connection is answered with 403, and only GET `HEALTH_PATH` is passed on without the header.
    Without an ``admin`` section there is no administration interface.
    """
    return {
        "node": {"id": "front", "cluster": "landline"},
        "static_resources": {
            "listeners": [_listener(args)],
            "clusters": [_intake(args["intake_port"])],
        },
        "overload_manager": _overload(),
    }


def front_command(configuration: Mapping[str, Any]) -> list[str]:
    """The arguments with which Envoy takes a configuration from its command line, as YAML.

    It is JSON, but for what all filter chains have in common: that is written once and named, as an argument
    has 128 KiB at most (Linux, execve(2)) and a task definition 64 KiB ("Amazon ECS Developer Guide, Service
    quotas"). Without hot restart Envoy needs no shared memory and writes no file.
    """
    text = _json(configuration)
    (listener,) = configuration["static_resources"]["listeners"]
    chain, matcher = listener["filter_chains"][0], listener["filter_chain_matcher"]["matcher_list"]
    common = {
        "share": chain["filters"],
        "http": chain["filters"][-1],
        "tls": chain.get("transport_socket"),
        "endpoint": matcher["matchers"][0]["predicate"]["single_predicate"]["input"],
    }
    for name, part in common.items():
        if part is not None:
            head, *tail = text.split(_json(part))
            text = f"{head}&{name} {_json(part)}" + f"*{name}".join(tail)
    return [
        *("--config-yaml", text),
        "--disable-hot-restart",
        *("--concurrency", "2"),
        *("--log-level", "warn"),
        # For the access log; the default is ten seconds.
        *("--file-flush-interval-msec", "1000"),
    ]


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _listener(args: FrontArgs) -> dict[str, Any]:
    http = {"name": "envoy.filters.network.http_connection_manager", "typed_config": _http()}
    tls = {"name": "envoy.transport_sockets.tls", "typed_config": _tls()} if args["tls"] else None
    return {
        "name": "front",
        "address": _address("0.0.0.0", args["port"]),  # noqa: S104 - the task's own interface
        "per_connection_buffer_limit_bytes": BUFFER_BYTES,
        # Who does not send the PROXY header in time is cut off.
        "listener_filters_timeout": "5s",
        "listener_filters": [
            {
                "name": "envoy.filters.listener.proxy_protocol",
                "typed_config": {
                    "@type": f"{_EXTENSIONS}filters.listener.proxy_protocol.v3.ProxyProtocol",
                    # A version 1 header has no TLV, and no load balancer sends one.
                    "disallowed_versions": ["V1"],
                    # The only place that filter chains can be chosen by.
                    "tlv_location": "FILTER_STATE",
                    "rules": [{"tlv_type": VPC_ENDPOINT_TLV, "on_tlv_present": {"key": _TLV}}],
                },
            }
        ],
        "filter_chain_matcher": {"matcher_list": {"matchers": [_matcher(share) for share in SHARES]}},
        "filter_chains": [_chain(share, "share", SHARE_CONNECTIONS, http, tls) for share in SHARES],
        "default_filter_chain": _chain("unnamed", "unnamed", UNNAMED_CONNECTIONS, http, tls),
    }


def _matcher(share: str) -> dict[str, Any]:
    """Whose ids belong to a share. Whatever else stands in the TLV gets no further than the script."""
    half, digit = share.split("-")
    return {
        "predicate": {
            "single_predicate": {
                "input": {
                    "name": "endpoint",
                    "typed_config": {
                        "@type": f"{_EXTENSIONS}matching.common_inputs.network.v3.FilterStateInput",
                        "key": _TLV_STATE,
                        "field": _TLV,
                    },
                },
                "value_match": {"safe_regex": {"google_re2": {}, "regex": f".*[{_HALVES[half]}]{digit}"}},
            }
        },
        "on_match": {
            "action": {
                "name": share,
                "typed_config": {"@type": f"{_TYPE}google.protobuf.StringValue", "value": share},
            }
        },
    }


def _chain(
    name: str, kind: str, connections: int, http: dict[str, Any], tls: dict[str, Any] | None
) -> dict[str, Any]:
    """A filter chain that takes so many connections at once, and closes one too many before its handshake.

    Each chain counts by itself; `kind` is what their statistics have in common.
    """
    network = f"{_EXTENSIONS}filters.network"
    chain: dict[str, Any] = {
        "name": name,
        "filters": [
            {
                "name": "envoy.filters.network.connection_limit",
                "typed_config": {
                    "@type": f"{network}.connection_limit.v3.ConnectionLimit",
                    "stat_prefix": kind,
                    "max_connections": connections,
                },
            },
            {
                "name": "envoy.filters.network.local_ratelimit",
                "typed_config": {
                    "@type": f"{network}.local_ratelimit.v3.LocalRateLimit",
                    "stat_prefix": kind,
                    "token_bucket": _bucket(connections, SHARE_NEW_CONNECTIONS),
                },
            },
            http,
        ],
        "transport_socket_connect_timeout": "10s",
    }
    if tls is not None:
        chain["transport_socket"] = tls
    return chain


def _bucket(most: int, a_second: int) -> dict[str, Any]:
    return {"max_tokens": most, "tokens_per_fill": a_second, "fill_interval": "1s"}


def _tls() -> dict[str, Any]:
    return {
        "@type": f"{_EXTENSIONS}transport_sockets.tls.v3.DownstreamTlsContext",
        "common_tls_context": {
            "tls_params": {"tls_minimum_protocol_version": "TLSv1_2"},
            "tls_certificates": [
                {
                    "certificate_chain": {"environment_variable": CERTIFICATE_VARIABLE},
                    "private_key": {"environment_variable": KEY_VARIABLE},
                }
            ],
            "alpn_protocols": ["http/1.1"],
        },
    }


def _http() -> dict[str, Any]:
    return {
        "@type": f"{_EXTENSIONS}filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "front",
        "codec_type": "HTTP1",
        "use_remote_address": True,
        "skip_xff_append": True,
        "server_name": "landline",
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        "max_request_headers_kb": 32,
        "request_headers_timeout": "10s",
        "request_timeout": "60s",
        "stream_idle_timeout": "60s",
        "common_http_protocol_options": {
            # Shorter than the 350 seconds after which the load balancer forgets an idle connection without a
            # word to its ends ("Network Load Balancer guide, Listeners").
            "idle_timeout": "300s",
            "max_connection_duration": "3600s",
            "max_headers_count": 64,
            # Frameworks take `_` for `-` in a header's name.
            "headers_with_underscores_action": "REJECT_REQUEST",
        },
        # Before the route is chosen, because that hangs on the header.
        "early_header_mutation_extensions": [
            {
                "name": "envoy.http.early_header_mutation.header_mutation",
                "typed_config": {
                    "@type": f"{_EXTENSIONS}http.early_header_mutation.header_mutation.v3.HeaderMutation",
                    "mutations": [
                        {"remove_on_match": {"key_matcher": {"prefix": prefix, "ignore_case": True}}}
                        for prefix in (HEADER_PREFIX, "x-envoy-", "x-forwarded-")
                    ],
                },
            }
        ],
        "http_filters": [
            {
                "name": "envoy.filters.http.lua",
                "typed_config": {
                    "@type": f"{_EXTENSIONS}filters.http.lua.v3.Lua",
                    "default_source_code": {"inline_string": _SCRIPT},
                },
            },
            {"name": "envoy.filters.http.local_ratelimit", "typed_config": _requests()},
            {
                "name": "envoy.filters.http.router",
                "typed_config": {
                    "@type": f"{_EXTENSIONS}filters.http.router.v3.Router",
                    "suppress_envoy_headers": True,
                },
            },
        ],
        "route_config": {
            "name": "front",
            "virtual_hosts": [{"name": "intake", "domains": ["*"], "routes": _routes()}],
        },
        "access_log": [_access_log()],
    }


def _requests() -> dict[str, Any]:
    """How many requests a second each endpoint may send; those without one have the bucket of all others."""
    always = {"default_value": {"numerator": 100}}
    return {
        "@type": f"{_EXTENSIONS}filters.http.local_ratelimit.v3.LocalRateLimit",
        "stat_prefix": "front",
        "token_bucket": _bucket(2 * ENDPOINT_REQUESTS, ENDPOINT_REQUESTS),
        "filter_enabled": always,
        "filter_enforced": always,
        "always_consume_default_token_bucket": False,
        "rate_limits": [
            {"actions": [{"request_headers": {"header_name": ENDPOINT_HEADER, "descriptor_key": _TLV}}]}
        ],
        # An entry without a value stands for each value, with a bucket of its own.
        "descriptors": [
            {
                "entries": [{"key": _TLV}],
                "token_bucket": _bucket(2 * ENDPOINT_REQUESTS, ENDPOINT_REQUESTS),
            }
        ],
        # Of a share. The one that was idle for longest begins anew when there is one more.
        "max_dynamic_descriptors": 256,
        "response_headers_to_add": [{"header": {"key": "retry-after", "value": "1"}}],
    }


def _routes() -> list[dict[str, Any]]:
    intake = {
        "cluster": "intake",
        "timeout": "60s",
        # Only what surely did not reach the intake is sent again, so that no record is taken twice.
        "retry_policy": {"retry_on": "connect-failure,reset-before-request", "num_retries": 2},
    }
    return [
        {
            "match": {
                "path": HEALTH_PATH,
                "headers": [{"name": ":method", "string_match": {"exact": "GET"}}],
            },
            "route": intake,
        },
        {
            "match": {"prefix": "/", "headers": [{"name": ENDPOINT_HEADER, "present_match": True}]},
            "route": intake,
        },
        {
            "match": {"prefix": "/"},
            "direct_response": {
                "status": 403,
                "body": {"inline_string": "the connection came through no VPC endpoint\n"},
            },
        },
    ]


def _access_log() -> dict[str, Any]:
    fields = {
        "time": "%START_TIME%",
        "endpoint_id": f"%DYNAMIC_METADATA({_METADATA}:endpoint_id)%",
        "client": "%DOWNSTREAM_REMOTE_ADDRESS%",
        "port": "%DOWNSTREAM_LOCAL_PORT%",
        "tls": "%DOWNSTREAM_TLS_VERSION%",
        "method": "%REQUEST_HEADER(:METHOD)%",
        "path": "%PATH(NQ:PATH)%",
        "status": "%RESPONSE_CODE%",
        "reason": "%RESPONSE_CODE_DETAILS%",
        "received_bytes": "%BYTES_RECEIVED%",
        "sent_bytes": "%BYTES_SENT%",
        "milliseconds": "%DURATION%",
        "request_id": "%REQUEST_HEADER(X-REQUEST-ID)%",
    }
    return {
        "name": "envoy.access_loggers.stdout",
        # The load balancer's health checks come every ten seconds to each target.
        "filter": {
            "or_filter": {
                "filters": [
                    {"header_filter": {"header": {"name": ENDPOINT_HEADER, "present_match": True}}},
                    {
                        "header_filter": {
                            "header": {
                                "name": ":path",
                                "string_match": {"exact": HEALTH_PATH},
                                "invert_match": True,
                            }
                        }
                    },
                ]
            }
        },
        "typed_config": {
            "@type": f"{_EXTENSIONS}access_loggers.stream.v3.StdoutAccessLog",
            "log_format": {"json_format": fields},
        },
    }


def _intake(port: int) -> dict[str, Any]:
    return {
        "name": "intake",
        "type": "STATIC",
        "connect_timeout": "1s",
        "per_connection_buffer_limit_bytes": BUFFER_BYTES,
        # The default of 1024 for all would be another thing that shares could take from each other.
        "circuit_breakers": {
            "thresholds": [
                {
                    "max_connections": MAX_CONNECTIONS,
                    "max_pending_requests": MAX_CONNECTIONS,
                    "max_requests": MAX_CONNECTIONS,
                }
            ]
        },
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": f"{_EXTENSIONS}upstreams.http.v3.HttpProtocolOptions",
                "common_http_protocol_options": {"idle_timeout": "4s"},
                "explicit_http_config": {"http_protocol_options": {}},
            }
        },
        "load_assignment": {
            "cluster_name": "intake",
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": _address("127.0.0.1", port)}}]}],
        },
    }


def _overload() -> dict[str, Any]:
    return {
        "refresh_interval": "0.25s",
        "resource_monitors": [
            {
                "name": "envoy.resource_monitors.fixed_heap",
                "typed_config": {
                    "@type": f"{_EXTENSIONS}resource_monitors.fixed_heap.v3.FixedHeapConfig",
                    "max_heap_size_bytes": MAX_HEAP_BYTES,
                },
            },
            {
                "name": "envoy.resource_monitors.global_downstream_max_connections",
                "typed_config": {
                    "@type": f"{_EXTENSIONS}resource_monitors.downstream_connections.v3"
                    ".DownstreamConnectionsConfig",
                    "max_active_downstream_connections": MAX_CONNECTIONS,
                },
            },
        ],
        "actions": [
            {
                "name": "envoy.overload_actions.shrink_heap",
                "triggers": [{"name": "envoy.resource_monitors.fixed_heap", "threshold": {"value": 0.9}}],
            },
            {
                "name": "envoy.overload_actions.stop_accepting_requests",
                "triggers": [{"name": "envoy.resource_monitors.fixed_heap", "threshold": {"value": 0.95}}],
            },
        ],
    }


def _address(host: str, port: int) -> Mapping[str, Any]:
    return {"socket_address": {"address": host, "port_value": port}}
