"""What the public host writes."""

from tenants.outbox.rows import OutboxRow


class PublicMessage(OutboxRow):
    """A message of the public host: sign-up codes. Its words are not kept once it is settled."""

    class Meta(OutboxRow.Meta):
        pass

    def keeps_copy(self) -> bool:
        return False
