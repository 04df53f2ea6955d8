"""E-mail over SMTP. The Message-ID is made from the key, so a repeat is the same mail."""

import smtplib
import ssl
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import BadHeaderError

from parties.models import Person
from workflow.channels.envelope import Envelope
from workflow.channels.errors import PermanentFailure, TemporaryFailure

#: SMTP answers from here on are final (RFC 5321, 4.2.1), below it worth another try.
_FINAL = 500


def address_of(person: Person) -> str:
    return str(person.email)


def send(envelope: Envelope) -> None:
    """Raises TemporaryFailure or PermanentFailure."""
    if not settings.EMAIL_HOST:
        raise PermanentFailure("channel.not_configured")
    try:
        _message(envelope).send()
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        raise _failure(max(codes, default=0)) from None
    except smtplib.SMTPAuthenticationError:
        raise TemporaryFailure("smtp.not_accepted") from None  # the operator's mistake, not theirs
    except smtplib.SMTPResponseException as answered:
        raise _failure(answered.smtp_code) from None
    except (BadHeaderError, ValueError):
        raise PermanentFailure("address.invalid") from None
    except ssl.SSLError:
        raise TemporaryFailure("smtp.tls") from None
    except (smtplib.SMTPException, OSError):
        raise TemporaryFailure("smtp.unreachable") from None


def _message(envelope: Envelope) -> EmailMultiAlternatives:
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    domain = sender.rpartition("@")[2] or "localhost"
    message = EmailMultiAlternatives(
        subject=envelope.text.subject,
        body=f"{envelope.text.line}\n\n{envelope.text.link or settings.PUBLIC_URL}\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[envelope.address],
        headers={
            "Message-ID": f"<{envelope.key}@{domain}>",
            "X-Sanfang-Key": envelope.key,
            "Auto-Submitted": "auto-generated",
        },
        connection=get_connection(timeout=settings.EMAIL_TIMEOUT),
    )
    if envelope.calendar is not None:  # as a part of its own, so that a mail reader offers it
        kind = f"text/calendar; method={envelope.calendar.method}"
        message.attach_alternative(envelope.calendar.content, kind)
    return message


def _failure(code: int) -> PermanentFailure | TemporaryFailure:
    final = code >= _FINAL
    return PermanentFailure(f"smtp.{code}") if final else TemporaryFailure(f"smtp.{code}")
