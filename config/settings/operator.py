"""What is different in the operators' process (DULY_PROCESS=operator). Imported last, and only there."""

# A password and a second factor, or nothing: no code by e-mail, no forgotten password. The console sends no mail, so
# what is lost is made anew on the machine.
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = False
ACCOUNT_EMAIL_NOTIFICATIONS = False
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MFA_TOTP_ISSUER = "Duly operators"
