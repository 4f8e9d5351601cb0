from landline.network.noun import Noun


class PrefixList(Noun, frozen=True):
    """A prefix list, from DescribePrefixLists or DescribeManagedPrefixLists.

    The first shows AWS's lists with their blocks, the second all lists with their owners. Both answer under
    `PrefixLists`; a customer's list has its blocks in GetManagedPrefixListEntries.
    """

    prefix_list_id: str
    prefix_list_name: str = ""
    owner_id: str | None = None
    cidrs: tuple[str, ...] | None = None

    def by_aws(self) -> bool:
        """Tell whether AWS manages it: its owner is `AWS`, or the call that lists only those shows it."""
        return self.owner_id == "AWS" or (self.owner_id is None and self.cidrs is not None)


class PrefixListEntry(Noun, frozen=True):
    """One block of a prefix list (GetManagedPrefixListEntries)."""

    cidr: str
