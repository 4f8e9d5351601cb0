"""Every property of Envoy's configuration that the front uses, with the page that describes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_GUIDE = "https://www.envoyproxy.io/docs/envoy/v1.40.0/"
DOCS = f"{_GUIDE}api-v3/"
BOOTSTRAP = "envoy.config.bootstrap.v3.Bootstrap"

SCALAR = "a scalar"
ANY = "google.protobuf.Any"
"""A value that says in ``@type`` which message it is."""
MAP = "map of "
"""The values of a map, whatever its keys are."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of Envoy's API: where it is described, and which message each field holds."""

    page: str
    fields: Mapping[str, str]


def _message(name: str, file: str, /, **fields: str) -> tuple[str, Message]:
    """A row: the anchor on a page is the message's name without ``envoy.``, in lower case with hyphens."""
    anchor = name.removeprefix("envoy.").lower().replace(".", "-")
    return name, Message(f"{DOCS}{file}.proto#{anchor}", fields)


def _shared(name: str, /, **fields: str) -> tuple[str, Message]:
    """A row of a message that other proxies have too; Envoy's pages describe it with its own."""
    file = {"StringMatcher": "string", "RegexMatcher": "regex"}.get(name.rpartition(".")[2], "matcher")
    return name, Message(f"{_GUIDE}xds/type/matcher/v3/{file}.proto#{name.lower().replace('.', '-')}", fields)


_CORE = "envoy.config.core.v3"
_LISTENER = "envoy.config.listener.v3"
_ROUTE = "envoy.config.route.v3"
_ENDPOINT = "envoy.config.endpoint.v3"
_OVERLOAD = "envoy.config.overload.v3"
_HCM = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
_PROXY = "envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol"
_TLS = "envoy.extensions.transport_sockets.tls.v3"
_MUTATION = "envoy.config.common.mutation_rules.v3.HeaderMutation"
_MATCHER = "envoy.type.matcher.v3.StringMatcher"
_REQUESTS = "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"
_RATE = "envoy.extensions.common.ratelimit.v3"
_XDS = "xds.type.matcher.v3"
_UPSTREAM = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"

MESSAGES: Mapping[str, Message] = dict(
    [
        _message(
            BOOTSTRAP,
            "config/bootstrap/v3/bootstrap",
            node=f"{_CORE}.Node",
            static_resources=f"{BOOTSTRAP}.StaticResources",
            overload_manager=f"{_OVERLOAD}.OverloadManager",
        ),
        _message(
            f"{BOOTSTRAP}.StaticResources",
            "config/bootstrap/v3/bootstrap",
            listeners=f"{_LISTENER}.Listener",
            clusters="envoy.config.cluster.v3.Cluster",
        ),
        _message(f"{_CORE}.Node", "config/core/v3/base", id=SCALAR, cluster=SCALAR),
        # Listeners
        _message(
            f"{_LISTENER}.Listener",
            "config/listener/v3/listener",
            name=SCALAR,
            address=f"{_CORE}.Address",
            per_connection_buffer_limit_bytes=SCALAR,
            listener_filters_timeout=SCALAR,
            listener_filters=f"{_LISTENER}.ListenerFilter",
            filter_chain_matcher="xds.type.matcher.v3.Matcher",
            filter_chains=f"{_LISTENER}.FilterChain",
            default_filter_chain=f"{_LISTENER}.FilterChain",
        ),
        _message(f"{_CORE}.Address", "config/core/v3/address", socket_address=f"{_CORE}.SocketAddress"),
        _message(f"{_CORE}.SocketAddress", "config/core/v3/address", address=SCALAR, port_value=SCALAR),
        _message(
            f"{_LISTENER}.ListenerFilter",
            "config/listener/v3/listener_components",
            name=SCALAR,
            typed_config=ANY,
        ),
        _message(
            f"{_LISTENER}.FilterChain",
            "config/listener/v3/listener_components",
            name=SCALAR,
            filters=f"{_LISTENER}.Filter",
            transport_socket=f"{_CORE}.TransportSocket",
            transport_socket_connect_timeout=SCALAR,
        ),
        _message(
            f"{_LISTENER}.Filter", "config/listener/v3/listener_components", name=SCALAR, typed_config=ANY
        ),
        _message(f"{_CORE}.TransportSocket", "config/core/v3/base", name=SCALAR, typed_config=ANY),
        _message(
            _PROXY,
            "extensions/filters/listener/proxy_protocol/v3/proxy_protocol",
            rules=f"{_PROXY}.Rule",
            disallowed_versions=SCALAR,
            tlv_location=SCALAR,
        ),
        _message(
            f"{_PROXY}.Rule",
            "extensions/filters/listener/proxy_protocol/v3/proxy_protocol",
            tlv_type=SCALAR,
            on_tlv_present=f"{_PROXY}.KeyValuePair",
        ),
        _message(
            f"{_PROXY}.KeyValuePair",
            "extensions/filters/listener/proxy_protocol/v3/proxy_protocol",
            key=SCALAR,
        ),
        # Which connections a filter chain takes, and how many of them
        _shared(
            f"{_XDS}.Matcher",
            matcher_list=f"{_XDS}.Matcher.MatcherList",
        ),
        _shared(f"{_XDS}.Matcher.MatcherList", matchers=f"{_XDS}.Matcher.MatcherList.FieldMatcher"),
        _shared(
            f"{_XDS}.Matcher.MatcherList.FieldMatcher",
            predicate=f"{_XDS}.Matcher.MatcherList.Predicate",
            on_match=f"{_XDS}.Matcher.OnMatch",
        ),
        _shared(
            f"{_XDS}.Matcher.MatcherList.Predicate",
            single_predicate=f"{_XDS}.Matcher.MatcherList.Predicate.SinglePredicate",
        ),
        _shared(
            f"{_XDS}.Matcher.MatcherList.Predicate.SinglePredicate",
            input=f"{_CORE}.TypedExtensionConfig",
            value_match=f"{_XDS}.StringMatcher",
        ),
        _shared(f"{_XDS}.StringMatcher", safe_regex=f"{_XDS}.RegexMatcher"),
        _shared(f"{_XDS}.RegexMatcher", google_re2=SCALAR, regex=SCALAR),
        _shared(f"{_XDS}.Matcher.OnMatch", action=f"{_CORE}.TypedExtensionConfig"),
        (
            "google.protobuf.StringValue",
            Message(f"{_GUIDE}intro/arch_overview/advanced/matching/matching_listener", {"value": SCALAR}),
        ),
        _message(
            "envoy.extensions.matching.common_inputs.network.v3.FilterStateInput",
            "extensions/matching/common_inputs/network/v3/network_inputs",
            key=SCALAR,
            field=SCALAR,
        ),
        _message(
            "envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit",
            "extensions/filters/network/connection_limit/v3/connection_limit",
            stat_prefix=SCALAR,
            max_connections=SCALAR,
        ),
        _message(
            "envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit",
            "extensions/filters/network/local_ratelimit/v3/local_rate_limit",
            stat_prefix=SCALAR,
            token_bucket="envoy.type.v3.TokenBucket",
        ),
        _message(
            "envoy.type.v3.TokenBucket",
            "type/v3/token_bucket",
            max_tokens=SCALAR,
            tokens_per_fill=SCALAR,
            fill_interval=SCALAR,
        ),
        # TLS
        _message(
            f"{_TLS}.DownstreamTlsContext",
            "extensions/transport_sockets/tls/v3/tls",
            common_tls_context=f"{_TLS}.CommonTlsContext",
        ),
        _message(
            f"{_TLS}.CommonTlsContext",
            "extensions/transport_sockets/tls/v3/tls",
            tls_params=f"{_TLS}.TlsParameters",
            tls_certificates=f"{_TLS}.TlsCertificate",
            alpn_protocols=SCALAR,
        ),
        _message(
            f"{_TLS}.TlsParameters",
            "extensions/transport_sockets/tls/v3/common",
            tls_minimum_protocol_version=SCALAR,
        ),
        _message(
            f"{_TLS}.TlsCertificate",
            "extensions/transport_sockets/tls/v3/common",
            certificate_chain=f"{_CORE}.DataSource",
            private_key=f"{_CORE}.DataSource",
        ),
        _message(
            f"{_CORE}.DataSource", "config/core/v3/base", environment_variable=SCALAR, inline_string=SCALAR
        ),
        # HTTP
        _message(
            _HCM,
            "extensions/filters/network/http_connection_manager/v3/http_connection_manager",
            stat_prefix=SCALAR,
            codec_type=SCALAR,
            use_remote_address=SCALAR,
            skip_xff_append=SCALAR,
            server_name=SCALAR,
            normalize_path=SCALAR,
            merge_slashes=SCALAR,
            path_with_escaped_slashes_action=SCALAR,
            max_request_headers_kb=SCALAR,
            request_headers_timeout=SCALAR,
            request_timeout=SCALAR,
            stream_idle_timeout=SCALAR,
            common_http_protocol_options=f"{_CORE}.HttpProtocolOptions",
            early_header_mutation_extensions=f"{_CORE}.TypedExtensionConfig",
            http_filters=f"{_HCM.rpartition('.')[0]}.HttpFilter",
            route_config=f"{_ROUTE}.RouteConfiguration",
            access_log="envoy.config.accesslog.v3.AccessLog",
        ),
        _message(
            f"{_HCM.rpartition('.')[0]}.HttpFilter",
            "extensions/filters/network/http_connection_manager/v3/http_connection_manager",
            name=SCALAR,
            typed_config=ANY,
        ),
        _message(
            f"{_CORE}.HttpProtocolOptions",
            "config/core/v3/protocol",
            idle_timeout=SCALAR,
            max_connection_duration=SCALAR,
            max_headers_count=SCALAR,
            headers_with_underscores_action=SCALAR,
        ),
        _message(f"{_CORE}.TypedExtensionConfig", "config/core/v3/extension", name=SCALAR, typed_config=ANY),
        _message(
            "envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
            "extensions/http/early_header_mutation/header_mutation/v3/header_mutation",
            mutations=_MUTATION,
        ),
        _message(
            _MUTATION,
            "config/common/mutation_rules/v3/mutation_rules",
            remove_on_match=f"{_MUTATION}.RemoveOnMatch",
        ),
        _message(
            f"{_MUTATION}.RemoveOnMatch",
            "config/common/mutation_rules/v3/mutation_rules",
            key_matcher=_MATCHER,
        ),
        _message(_MATCHER, "type/matcher/v3/string", prefix=SCALAR, exact=SCALAR, ignore_case=SCALAR),
        _message(
            "envoy.extensions.filters.http.lua.v3.Lua",
            "extensions/filters/http/lua/v3/lua",
            default_source_code=f"{_CORE}.DataSource",
        ),
        _message(
            _REQUESTS,
            "extensions/filters/http/local_ratelimit/v3/local_rate_limit",
            stat_prefix=SCALAR,
            token_bucket="envoy.type.v3.TokenBucket",
            filter_enabled=f"{_CORE}.RuntimeFractionalPercent",
            filter_enforced=f"{_CORE}.RuntimeFractionalPercent",
            always_consume_default_token_bucket=SCALAR,
            rate_limits=f"{_ROUTE}.RateLimit",
            descriptors=f"{_RATE}.LocalRateLimitDescriptor",
            max_dynamic_descriptors=SCALAR,
            response_headers_to_add=f"{_CORE}.HeaderValueOption",
        ),
        _message(
            f"{_CORE}.RuntimeFractionalPercent",
            "config/core/v3/base",
            default_value="envoy.type.v3.FractionalPercent",
        ),
        _message("envoy.type.v3.FractionalPercent", "type/v3/percent", numerator=SCALAR),
        _message(
            f"{_ROUTE}.RateLimit",
            "config/route/v3/route_components",
            actions=f"{_ROUTE}.RateLimit.Action",
        ),
        _message(
            f"{_ROUTE}.RateLimit.Action",
            "config/route/v3/route_components",
            request_headers=f"{_ROUTE}.RateLimit.Action.RequestHeaders",
        ),
        _message(
            f"{_ROUTE}.RateLimit.Action.RequestHeaders",
            "config/route/v3/route_components",
            header_name=SCALAR,
            descriptor_key=SCALAR,
        ),
        _message(
            f"{_RATE}.LocalRateLimitDescriptor",
            "extensions/common/ratelimit/v3/ratelimit",
            entries=f"{_RATE}.RateLimitDescriptor.Entry",
            token_bucket="envoy.type.v3.TokenBucket",
        ),
        _message(
            f"{_RATE}.RateLimitDescriptor.Entry", "extensions/common/ratelimit/v3/ratelimit", key=SCALAR
        ),
        _message(f"{_CORE}.HeaderValueOption", "config/core/v3/base", header=f"{_CORE}.HeaderValue"),
        _message(f"{_CORE}.HeaderValue", "config/core/v3/base", key=SCALAR, value=SCALAR),
        _message(
            "envoy.extensions.filters.http.router.v3.Router",
            "extensions/filters/http/router/v3/router",
            suppress_envoy_headers=SCALAR,
        ),
        # Routes
        _message(
            f"{_ROUTE}.RouteConfiguration",
            "config/route/v3/route",
            name=SCALAR,
            virtual_hosts=f"{_ROUTE}.VirtualHost",
        ),
        _message(
            f"{_ROUTE}.VirtualHost",
            "config/route/v3/route_components",
            name=SCALAR,
            domains=SCALAR,
            routes=f"{_ROUTE}.Route",
        ),
        _message(
            f"{_ROUTE}.Route",
            "config/route/v3/route_components",
            match=f"{_ROUTE}.RouteMatch",
            route=f"{_ROUTE}.RouteAction",
            direct_response=f"{_ROUTE}.DirectResponseAction",
        ),
        _message(
            f"{_ROUTE}.RouteMatch",
            "config/route/v3/route_components",
            path=SCALAR,
            prefix=SCALAR,
            headers=f"{_ROUTE}.HeaderMatcher",
        ),
        _message(
            f"{_ROUTE}.HeaderMatcher",
            "config/route/v3/route_components",
            name=SCALAR,
            string_match=_MATCHER,
            present_match=SCALAR,
            invert_match=SCALAR,
        ),
        _message(
            f"{_ROUTE}.RouteAction",
            "config/route/v3/route_components",
            cluster=SCALAR,
            timeout=SCALAR,
            retry_policy=f"{_ROUTE}.RetryPolicy",
        ),
        _message(
            f"{_ROUTE}.RetryPolicy", "config/route/v3/route_components", retry_on=SCALAR, num_retries=SCALAR
        ),
        _message(
            f"{_ROUTE}.DirectResponseAction",
            "config/route/v3/route_components",
            status=SCALAR,
            body=f"{_CORE}.DataSource",
        ),
        # The access log
        _message(
            "envoy.config.accesslog.v3.AccessLog",
            "config/accesslog/v3/accesslog",
            name=SCALAR,
            filter="envoy.config.accesslog.v3.AccessLogFilter",
            typed_config=ANY,
        ),
        _message(
            "envoy.config.accesslog.v3.AccessLogFilter",
            "config/accesslog/v3/accesslog",
            or_filter="envoy.config.accesslog.v3.OrFilter",
            header_filter="envoy.config.accesslog.v3.HeaderFilter",
        ),
        _message(
            "envoy.config.accesslog.v3.OrFilter",
            "config/accesslog/v3/accesslog",
            filters="envoy.config.accesslog.v3.AccessLogFilter",
        ),
        _message(
            "envoy.config.accesslog.v3.HeaderFilter",
            "config/accesslog/v3/accesslog",
            header=f"{_ROUTE}.HeaderMatcher",
        ),
        _message(
            "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
            "extensions/access_loggers/stream/v3/stream",
            log_format=f"{_CORE}.SubstitutionFormatString",
        ),
        _message(
            f"{_CORE}.SubstitutionFormatString",
            "config/core/v3/substitution_format_string",
            json_format=f"{MAP}{SCALAR}",
        ),
        # Upstream
        _message(
            "envoy.config.cluster.v3.Cluster",
            "config/cluster/v3/cluster",
            name=SCALAR,
            type=SCALAR,
            connect_timeout=SCALAR,
            per_connection_buffer_limit_bytes=SCALAR,
            circuit_breakers="envoy.config.cluster.v3.CircuitBreakers",
            typed_extension_protocol_options=f"{MAP}{ANY}",
            load_assignment=f"{_ENDPOINT}.ClusterLoadAssignment",
        ),
        _message(
            "envoy.config.cluster.v3.CircuitBreakers",
            "config/cluster/v3/circuit_breaker",
            thresholds="envoy.config.cluster.v3.CircuitBreakers.Thresholds",
        ),
        _message(
            "envoy.config.cluster.v3.CircuitBreakers.Thresholds",
            "config/cluster/v3/circuit_breaker",
            max_connections=SCALAR,
            max_pending_requests=SCALAR,
            max_requests=SCALAR,
        ),
        _message(
            _UPSTREAM,
            "extensions/upstreams/http/v3/http_protocol_options",
            common_http_protocol_options=f"{_CORE}.HttpProtocolOptions",
            explicit_http_config=f"{_UPSTREAM}.ExplicitHttpConfig",
        ),
        _message(
            f"{_UPSTREAM}.ExplicitHttpConfig",
            "extensions/upstreams/http/v3/http_protocol_options",
            http_protocol_options=SCALAR,
        ),
        _message(
            f"{_ENDPOINT}.ClusterLoadAssignment",
            "config/endpoint/v3/endpoint",
            cluster_name=SCALAR,
            endpoints=f"{_ENDPOINT}.LocalityLbEndpoints",
        ),
        _message(
            f"{_ENDPOINT}.LocalityLbEndpoints",
            "config/endpoint/v3/endpoint_components",
            lb_endpoints=f"{_ENDPOINT}.LbEndpoint",
        ),
        _message(
            f"{_ENDPOINT}.LbEndpoint",
            "config/endpoint/v3/endpoint_components",
            endpoint=f"{_ENDPOINT}.Endpoint",
        ),
        _message(
            f"{_ENDPOINT}.Endpoint", "config/endpoint/v3/endpoint_components", address=f"{_CORE}.Address"
        ),
        # Overload
        _message(
            f"{_OVERLOAD}.OverloadManager",
            "config/overload/v3/overload",
            refresh_interval=SCALAR,
            resource_monitors=f"{_OVERLOAD}.ResourceMonitor",
            actions=f"{_OVERLOAD}.OverloadAction",
        ),
        _message(
            f"{_OVERLOAD}.ResourceMonitor", "config/overload/v3/overload", name=SCALAR, typed_config=ANY
        ),
        _message(
            f"{_OVERLOAD}.OverloadAction",
            "config/overload/v3/overload",
            name=SCALAR,
            triggers=f"{_OVERLOAD}.Trigger",
        ),
        _message(
            f"{_OVERLOAD}.Trigger",
            "config/overload/v3/overload",
            name=SCALAR,
            threshold=f"{_OVERLOAD}.ThresholdTrigger",
        ),
        _message(f"{_OVERLOAD}.ThresholdTrigger", "config/overload/v3/overload", value=SCALAR),
        _message(
            "envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig",
            "extensions/resource_monitors/fixed_heap/v3/fixed_heap",
            max_heap_size_bytes=SCALAR,
        ),
        _message(
            "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
            "extensions/resource_monitors/downstream_connections/v3/downstream_connections",
            max_active_downstream_connections=SCALAR,
        ),
    ]
)


def unknown(configuration: Mapping[str, Any], used: set[str] | None = None) -> list[str]:
    """What of a bootstrap configuration is not in the table, in order; `used` collects what is."""
    found: list[str] = []
    _walk(configuration, BOOTSTRAP, "", found, set() if used is None else used)
    return found


def _walk(value: Any, kind: str, path: str, found: list[str], used: set[str]) -> None:  # noqa: ANN401
    if isinstance(value, list | tuple):
        for item in value:
            _walk(item, kind, path, found, used)
        return
    if kind == SCALAR:
        # An empty message is as good as a mark.
        if isinstance(value, dict) and value:
            found.append(f"{path}: a message where the table has a scalar")
        return
    if not isinstance(value, dict):
        found.append(f"{path}: no {kind}")
        return
    if kind.startswith(MAP):
        for name, item in value.items():
            _walk(item, kind.removeprefix(MAP), f"{path}.{name}", found, used)
        return
    fields = dict(value)
    if kind == ANY:
        kind = str(fields.pop("@type", "")).rpartition("/")[2]
    message = MESSAGES.get(kind)
    if message is None:
        found.append(f"{path}: no message {kind} in the table")
        return
    for name, item in fields.items():
        where = f"{path}.{name}".lstrip(".")
        if name not in message.fields:
            found.append(f"{where}: no field of {kind} in the table")
            continue
        used.add(f"{kind}.{name}")
        _walk(item, message.fields[name], where, found, used)


OPTIONS: Mapping[str, str] = dict.fromkeys(
    ("--config-yaml", "--disable-hot-restart", "--concurrency", "--log-level", "--file-flush-interval-msec"),
    f"{_GUIDE}operations/cli",
)
"""Options of the command line, and the page that describes them."""

OPERATORS: Mapping[str, str] = dict.fromkeys(
    (
        "START_TIME",
        "DYNAMIC_METADATA",
        "DOWNSTREAM_REMOTE_ADDRESS",
        "DOWNSTREAM_LOCAL_PORT",
        "DOWNSTREAM_TLS_VERSION",
        "REQUEST_HEADER",
        "PATH",
        "RESPONSE_CODE",
        "RESPONSE_CODE_DETAILS",
        "BYTES_RECEIVED",
        "BYTES_SENT",
        "DURATION",
    ),
    f"{_GUIDE}configuration/observability/access_log/usage",
)
"""Command operators of the access log, and the page that describes them."""

LUA: Mapping[str, str] = dict.fromkeys(
    ("dynamicMetadata", "filterState", "get", "headers", "replace", "set", "streamInfo"),
    f"{_GUIDE}configuration/http/http_filters/lua_filter",
)
"""Methods that a script calls, and the page that describes them."""

RETRY_ON: Mapping[str, str] = dict.fromkeys(
    ("connect-failure", "reset-before-request"), f"{_GUIDE}configuration/http/http_filters/router_filter"
)
"""When a request is sent again, and the page that describes it."""
