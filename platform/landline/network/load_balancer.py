from landline.network.noun import Noun


class LoadBalancerState(Noun, frozen=True):
    """Where a load balancer stands."""

    code: str = "active"


class LoadBalancer(Noun, frozen=True):
    """A Network, Application or Gateway Load Balancer (DescribeLoadBalancers).

    The two switches at the end are on where they are not said: AWS's default.
    """

    load_balancer_arn: str
    load_balancer_name: str = ""
    type: str = "application"
    vpc_id: str | None = None
    state: LoadBalancerState = LoadBalancerState()
    security_groups: tuple[str, ...] = ()
    enforce_security_group_inbound_rules_on_private_link_traffic: str = "on"

    def names(self) -> tuple[str, str]:
        """Return what people call it: its ARN and its name."""
        return (self.load_balancer_arn, self.load_balancer_name)

    def owns(self, description: str) -> bool:
        """Tell whether an interface is its own, by the interface's description.

        That is `ELB net/<name>/<id>`, as the end of the ARN ("Network Load Balancers guide, Update the
        security groups"; the same for `app` and `gwy`).
        """
        return description == f"ELB {self.load_balancer_arn.partition(':loadbalancer/')[2]}"


class ForwardTargetGroup(Noun, frozen=True):
    """One of several target groups of an action."""

    target_group_arn: str


class ForwardConfig(Noun, frozen=True):
    """The target groups of an action, where there are several."""

    target_groups: tuple[ForwardTargetGroup, ...] = ()


class Action(Noun, frozen=True):
    """What a listener does."""

    type: str
    target_group_arn: str | None = None
    forward_config: ForwardConfig | None = None

    def groups(self) -> tuple[str, ...]:
        """Return the ARNs of the target groups that it forwards to."""
        several = self.forward_config.target_groups if self.forward_config else ()
        named = (self.target_group_arn,) if self.target_group_arn else ()
        return tuple(dict.fromkeys((*named, *(item.target_group_arn for item in several))))


class Listener(Noun, frozen=True):
    """A port that a load balancer listens on (DescribeListeners)."""

    listener_arn: str
    load_balancer_arn: str
    port: int = 0
    protocol: str = "TCP"
    default_actions: tuple[Action, ...] = ()


class LoadBalancerListeners(Noun, frozen=True):
    """The listeners of one load balancer, as some collectors gather them."""

    listeners: tuple[Listener, ...] = ()


class TargetGroup(Noun, frozen=True):
    """Where a load balancer sends what it takes (DescribeTargetGroups).

    The load balancers are those of which a listener, or a rule of one, forwards to it.
    """

    target_group_arn: str
    target_group_name: str
    protocol: str = "TCP"
    port: int = 0
    target_type: str = "instance"
    vpc_id: str | None = None
    load_balancer_arns: tuple[str, ...] = ()


class Target(Noun, frozen=True):
    """An instance's id, an address, or a load balancer's ARN, and a port."""

    id: str
    port: int | None = None


class Health(Noun, frozen=True):
    """Where a target stands."""

    state: str = "unavailable"


class TargetHealthDescription(Noun, frozen=True):
    """A registered target and its health (DescribeTargetHealth)."""

    target: Target
    target_health: Health = Health()


class LoadBalancerTargetHealth(Noun, frozen=True):
    """The targets of one target group, as some collectors gather them."""

    target_group_arn: str
    target_health_descriptions: tuple[TargetHealthDescription, ...] = ()
