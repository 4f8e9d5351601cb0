"""The policy pack: `pulumi up --policy-pack platform/guardrails`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
)

from guardrails.rule import CONFIG_SCHEMA
from guardrails.rules import RULES

if TYPE_CHECKING:
    from guardrails.rule import Rule


def policy(rule: Rule) -> ResourceValidationPolicy:
    """The rule as Pulumi's policies are written."""

    def validate(args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
        for message in rule.violations(args.resource_type, args.props, args.get_config()):
            # The remedy is in the message too: it is the part of a violation that the CLI shows.
            report_violation(f"{message}. {rule.remediation}", None)

    return ResourceValidationPolicy(
        name=rule.name,
        description=rule.description,
        validate=validate,
        enforcement_level=EnforcementLevel.MANDATORY,
        config_schema=PolicyConfigSchema(properties=CONFIG_SCHEMA) if rule.configured else None,
        severity=Severity(rule.severity),
        remediation_steps=rule.remediation,
    )


PolicyPack(
    name="landline-guardrails",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[policy(rule) for rule in RULES],
)
