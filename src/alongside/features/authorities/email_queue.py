"""Sends an authority's due emails, in its sending hours and from its own site."""

from alongside.features.authorities.sending_hours import hours_now
from alongside.features.authorities.settings_cache import settings_of
from alongside.platform.notifications.delivery import deliver_batch
from alongside.platform.notifications.email_messages import EmailOrigin
from alongside.platform.queue_handler import QueueHandler, WorkerContext


async def send_due_emails(context: WorkerContext, authority_id: int) -> int:
    """Send a batch of an authority's due emails; return how many were claimed."""
    authority = settings_of(authority_id)
    address = context.settings.address(authority.slug, authority.hosts[0])
    origin = EmailOrigin(authority_id, authority.name, address, authority.mail.reply_to)
    hours = hours_now(authority, context.now(), always=context.settings.demonstration)
    return await deliver_batch(context.sender, origin, hours, context.today())


QUEUE_HANDLERS = (QueueHandler(send_due_emails),)
