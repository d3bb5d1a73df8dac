"""Where mail leaves, and in local runs where it is caught."""

from urllib.parse import unquote, urlsplit

from config import env

_smtp = urlsplit(env.text("SMTP_URL", "smtp://127.0.0.1:25"))

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _smtp.hostname or "127.0.0.1"
EMAIL_PORT = _smtp.port or (465 if _smtp.scheme == "smtps" else 25)
EMAIL_HOST_USER = unquote(_smtp.username or "")
EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
EMAIL_USE_SSL = _smtp.scheme == "smtps"
EMAIL_USE_TLS = _smtp.scheme == "smtp+starttls"
EMAIL_TIMEOUT = 20

# The one sender all mail leaves from; the tenant's name is put before it.
MAIL_FROM_ADDRESS = env.text("MAIL_FROM_ADDRESS", "training@duly.localhost")

# Local runs: the folder the catching SMTP server writes to. Empty: the mailbox page does not exist.
MAILBOX_DIR = env.text("MAILBOX_DIR", "")
