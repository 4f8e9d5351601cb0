"""What EC2 refuses about an endpoint policy's text, before it reads what the policy says."""

from __future__ import annotations

import json

from landline.sandbox.handshake import Refused

MAX_CHARACTERS = 20_480
"""Characters, white space included ("AWS PrivateLink guide, AWS PrivateLink quotas"). The quota is fixed."""


def refuse_malformed(policy: str) -> None:
    """Raises Refused for a policy that is too long, or is not a JSON policy document.

    ``InvalidPolicyDocument`` is the EC2 API reference's code for a document that is not valid JSON. That it
    also answers a policy over the quota, and one without statements, is an assumption.
    """
    if len(policy) > MAX_CHARACTERS:
        message = f"The policy document has {len(policy)} characters; at most {MAX_CHARACTERS} are allowed"
        raise Refused("InvalidPolicyDocument", message)
    try:
        document = json.loads(policy)
    except ValueError as error:
        raise Refused("InvalidPolicyDocument", f"The policy document is not valid JSON: {error}") from None
    statements = document.get("Statement") if isinstance(document, dict) else None
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list) or not statements:
        raise Refused("InvalidPolicyDocument", "The policy document has no Statement")
    for statement in statements:
        if not isinstance(statement, dict) or statement.get("Effect") not in {"Allow", "Deny"}:
            raise Refused("InvalidPolicyDocument", "Each Statement needs an Effect of Allow or Deny")
        if not {"Principal", "NotPrincipal"} & statement.keys():
            # "AWS PrivateLink guide, Control access to VPC endpoints using endpoint policies": it is
            # mandatory.
            raise Refused("InvalidPolicyDocument", "Each Statement of an endpoint policy needs a Principal")
