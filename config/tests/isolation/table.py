"""Who may ask for what: one row an address. Written by hand, so that a guard that is lost does not go unnoticed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """An address by name; who may ask; and what it is asked for (keys of World.ids, by URL argument).

    `who` is a permission's value, "signed in", "open", or "library" for pages of the sign-in library.
    `is_everyones` marks things that every signed-in person may see, `is_owners` those of the world's owner,
    `may_be_absent` what the world does not hold (a second factor, the HTML of a letter that is text), `needs_key`
    what answers other systems that send a key, `is_scoped`
    what also serves those who hold the permission over some people only, `is_dulys` what is named the same at every
    tenant because it comes with the product; what the page says of the tenant is still its own.
    """

    name: str
    who: str
    of: tuple[tuple[str, str], ...] = ()
    is_everyones: bool = False
    is_owners: bool = False
    may_be_absent: bool = False
    needs_key: bool = False
    is_scoped: bool = False
    is_dulys: bool = False

    def kwargs(self, ids: dict[str, str]) -> dict[str, str]:
        """The URL's arguments, taken from the world."""
        return {argument: ids.get(key, key) for argument, key in self.of}


def _one(name: str, who: str, key: str, argument: str = "public_id", *, everyones: bool = False) -> Row:
    return Row(name, who, ((argument, key),), everyones)


_LESSON = (("public_id", "course"), ("number", "1"), ("key", "links"))
_VERSION = (("public_id", "course"), ("number", "1"))
_PASS_LESSON = (("public_id", "enrollment"), ("key", "links"))

TENANT: list[Row] = [
    Row("oversight:home", "signed in"),
    Row("oversight:status", "signed in"),
    Row("oversight:overview", "reports.view", is_scoped=True),
    Row("oversight:people", "reports.view", is_scoped=True),
    Row("oversight:people-csv", "reports.export", is_scoped=True),
    Row("oversight:then", "reports.view", is_scoped=True),
    Row("oversight:then-people", "reports.view", is_scoped=True),
    Row("oversight:then-people-csv", "reports.export", is_scoped=True),
    Row("oversight:restated", "reports.view", is_scoped=True),
    Row("oversight:restated-csv", "reports.export", is_scoped=True),
    Row("oversight:then-person", "reports.view", (("public_id", "person"),), is_scoped=True),
    Row("oversight:remind", "reminders.send"),
    Row("oversight:extend", "due_dates.extend"),
    Row("oversight:requests", "waivers.view", is_scoped=True),
    Row("oversight:waiver-new", "waivers.ask", is_scoped=True),
    Row("oversight:extension-new", "waivers.ask", is_scoped=True),
    Row("oversight:request", "waivers.view", (("kind", "waivers"), ("public_id", "waiver")), is_scoped=True),
    Row(
        "oversight:request-withdraw",
        "waivers.ask",
        (("kind", "waivers"), ("public_id", "waiver")),
        is_scoped=True,
    ),
    _one("oversight:waiver-decide", "waivers.decide", "waiver"),
    _one("oversight:waiver-end", "waivers.decide", "waiver"),
    _one("oversight:extension-decide", "due_dates.extend", "extension"),
    Row("oversight:certify", "completions.certify"),
    Row("oversight:history-load", "completions.certify"),
    _one("oversight:revoke", "completions.certify", "cycle"),
    _one("oversight:restore", "completions.certify", "revocation"),
    Row("oversight:events", "requirements.view"),
    Row("oversight:event-new", "events.record"),
    _one("oversight:event", "requirements.view", "event"),
    _one("oversight:event-end", "events.record", "event"),
    Row("oversight:keys", "settings.change"),
    _one("oversight:key-revoke", "settings.change", "access_key"),
    Row("oversight:access", "open", needs_key=True),
    Row("oversight:sharing", "sharing.view"),
    Row("oversight:sites", "sharing.view"),
    _one("oversight:site", "sharing.view", "site"),
    Row("oversight:site-invite", "sharing.decide"),
    _one("oversight:site-invitation", "sharing.decide", "invitation"),
    _one("oversight:site-withdraw", "sharing.decide", "invitation"),
    Row("oversight:given", "sharing.view"),
    Row("oversight:sharing-code", "sharing.decide"),
    _one("oversight:given-detail", "sharing.view", "offer"),
    _one("oversight:sharing-accept", "sharing.decide", "offer"),
    _one("oversight:sharing-refuse", "sharing.decide", "offer"),
    _one("oversight:sharing-end", "sharing.decide", "site"),
    Row("changes:list", "requirements.view"),
    Row("changes:threshold", "settings.change"),
    _one("changes:detail", "requirements.view", "change"),
    _one("changes:lines-csv", "requirements.preview", "change"),
    _one("changes:rework", "requirements.edit", "change"),
    _one("changes:make", "requirements.edit", "change"),
    _one("changes:decide", "requirements.edit", "change"),
    _one("changes:withdraw", "requirements.edit", "change"),
    _one("changes:undo", "requirements.edit", "change"),
    Row("evidence:queue", "evidence.view", is_scoped=True),
    Row("evidence:mine", "signed in"),
    _one("evidence:own", "signed in", "evidence"),
    _one("evidence:again", "signed in", "rejected"),
    _one("evidence:withdraw", "signed in", "evidence"),
    _one("evidence:new", "signed in", "requirement", "requirement"),
    _one("evidence:file", "signed in", "file"),
    Row("evidence:review", "evidence.view", (("public_id", "evidence"),), is_scoped=True),
    Row("evidence:decide", "evidence.review", (("public_id", "evidence"),), is_scoped=True),
    _one("evidence:waiver", "signed in", "requirement", "requirement"),
    _one("evidence:extension", "signed in", "requirement", "requirement"),
    Row(
        "evidence:request-withdraw",
        "signed in",
        (("kind", "waivers"), ("public_id", "waiver")),
    ),
    Row("reminders:upcoming", "reports.view"),
    Row("requirements:list", "requirements.view"),
    Row("requirements:new", "requirements.edit"),
    Row("requirements:holidays", "requirements.edit"),
    Row("requirements:laws", "requirements.view"),
    Row("requirements:coverage-csv", "reports.export"),
    Row("requirements:law", "requirements.view", (("key", "pci-dss-4"),), is_dulys=True),
    _one("requirements:basis", "requirements.edit", "requirement"),
    Row(
        "requirements:version",
        "requirements.view",
        (("public_id", "requirement"), ("number", "1")),
        may_be_absent=True,
    ),
    _one("requirements:detail", "requirements.view", "requirement"),
    _one("requirements:edit", "requirements.edit", "requirement"),
    _one("requirements:people", "requirements.preview", "requirement"),
    _one("requirements:people-csv", "requirements.preview", "requirement"),
    _one("requirements:check-person", "requirements.preview", "requirement"),
    _one("requirements:by-hand", "requirements.edit", "requirement"),
    Row(
        "requirements:by-hand-end",
        "requirements.edit",
        (("public_id", "requirement"), ("individual_id", "individual")),
    ),
    _one("requirements:turn-on", "requirements.edit", "requirement"),
    _one("requirements:pause", "requirements.edit", "requirement"),
    _one("requirements:retire", "requirements.edit", "requirement"),
    _one("requirements:discard", "requirements.edit", "requirement"),
    Row("takeout:overview", "data.export"),
    Row("takeout:start", "data.export"),
    Row("takeout:download", "data.export", (("public_id", "job"),), may_be_absent=True),
    Row("audit:event-list", "audit.view"),
    Row("audit:event-csv", "audit.view"),
    Row("audit:chain-check", "audit.view"),
    Row("mail:message-list", "messages.view"),
    Row("mail:own-messages", "signed in"),
    _one("mail:message-detail", "signed in", "message"),
    Row("mail:message-page", "signed in", (("public_id", "message"),), may_be_absent=True),
    _one("mail:message-resend", "messages.view", "message"),
    Row("jobs:job-detail", "signed in", (("public_id", "job"),), is_owners=True),
    Row("jobs:job-cancel", "signed in", (("public_id", "job"),), is_owners=True),
    Row("catalog:course-list", "courses.view"),
    _one("catalog:course-detail", "courses.view", "course"),
    Row("catalog:lesson-preview", "courses.view", _LESSON),
    Row("catalog:version-publish", "courses.publish", _VERSION),
    Row("catalog:version-retire", "courses.publish", _VERSION),
    Row("catalog:course-starter", "courses.edit"),
    Row("catalog:course-upload", "courses.edit"),
    _one("catalog:upload-check", "courses.edit", "upload"),
    _one("learning:course-enter", "signed in", "course", everyones=True),
    _one("learning:start", "signed in", "course", everyones=True),
    _one("learning:enrollment", "signed in", "enrollment"),
    _one("learning:resume", "signed in", "enrollment"),
    Row("learning:lesson", "signed in", _PASS_LESSON),
    Row("learning:lesson-done", "signed in", _PASS_LESSON),
    Row("learning:attempt-start", "signed in", (("public_id", "enrollment"), ("key", "quiz"))),
    Row("learning:question", "signed in", (("public_id", "attempt"), ("place", "1"))),
    _one("learning:review", "signed in", "attempt"),
    _one("learning:result", "signed in", "attempt"),
    Row("learning:certificate-list", "signed in"),
    _one("learning:certificate", "signed in", "certificate"),
    Row("people:person-list", "people.view", is_scoped=True),
    Row("people:person-csv", "people.view", is_scoped=True),
    Row("people:person-add", "people.change"),
    _one("people:person-detail", "signed in", "person"),
    _one("people:person-edit", "people.change", "person"),
    _one("people:person-deactivate", "people.change", "person"),
    _one("people:person-reactivate", "people.change", "person"),
    _one("people:person-invite", "people.change", "person"),
    _one("people:role-grant", "roles.assign", "person"),
    _one("people:role-revoke", "roles.assign", "person"),
    _one("people:affiliation-add", "people.change", "person"),
    Row("people:affiliation-edit", "people.change", (("public_id", "person"), ("number", "1"))),
    Row("people:department-list", "people.view"),
    Row("people:department-add", "people.change"),
    _one("people:department-edit", "people.change", "department"),
    Row("people:import-new", "people.import"),
    _one("people:import-detail", "people.import", "roster"),
    _one("people:import-columns", "people.import", "roster"),
    _one("people:import-start", "people.import", "roster"),
    _one("people:import-resume", "people.import", "roster"),
    _one("people:import-problems", "people.import", "roster"),
    Row("people:profile", "signed in"),
    Row("people:welcome", "open", (("token", "not-a-token"),), may_be_absent=True),
    Row("site:overview", "settings.change"),
    Row("site:history", "settings.change"),
    Row("support:access", "settings.change"),
    Row("support:approval", "settings.change"),
    Row("support:enter", "open", may_be_absent=True),
    Row("support:leave", "signed in", may_be_absent=True),
    _one("support:grant", "settings.change", "grant"),
    _one("support:approve", "settings.change", "grant"),
    _one("support:refuse", "settings.change", "grant"),
    _one("support:end", "settings.change", "grant"),
    Row("site:address", "site.own"),
    Row("site:domain", "site.own"),
    Row("site:domain-check", "site.own"),
    Row("site:domain-remove", "site.own"),
    Row("site:closing", "site.own"),
    Row("site:closing-cancel", "site.own"),
    Row("ui:style-guide", "open"),
    Row("ui:theme", "open"),
    Row("account_email", "signed in"),
    *(
        Row(name, "library", may_be_absent=name.startswith("mfa_"))
        for name in (
            "mfa_index",
            "mfa_authenticate",
            "mfa_reauthenticate",
            "mfa_view_recovery_codes",
            "mfa_download_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "account_email_verification_sent",
            "account_inactive",
            "account_login",
            "account_request_login_code",
            "account_confirm_login_code",
            "account_logout",
            "account_change_password",
            "account_reset_password",
            "account_complete_password_reset",
            "account_confirm_password_reset_code",
            "account_password_reset_completed",
            "account_set_password",
            "account_reauthenticate",
            "usersessions_list",
        )
    ),
]

PUBLIC: set[str] = {
    "tenants:landing",
    "tenants:terms",
    "tenants:deletion",
    "tenants:deletion-json",
    "tenants:known-host",
    "tenants:sign-up",
    "tenants:address-check",
    "tenants:progress",
    "tenants:code",
    "tenants:another-code",
    "tenants:another-address",
    "tenants:try-again",
    "ui:style-guide",
    "ui:theme",
}

# The operators' host: "operators" needs one with a second factor, "library" and "open" as above.
OPERATOR: list[Row] = [
    Row("operator:tenants", "operators"),
    Row("operator:tenant", "operators", (("public_id", "tenant"),)),
    Row("operator:tenant-do", "operators", (("public_id", "tenant"), ("key", "freeze"))),
    Row("operator:support-list", "operators"),
    Row("operator:support", "operators", (("public_id", "grant"),)),
    Row("operator:support-open", "operators", (("public_id", "grant"),)),
    Row("operator:support-do", "operators", (("public_id", "grant"), ("key", "end"))),
    Row("operator:switches", "operators"),
    Row("operator:switches-do", "operators", (("key", "stop-uploads"),)),
    Row("operator:chronicle", "operators"),
    Row("operator:sign-ups", "operators"),
    Row("operator:sign-up-do", "operators", (("public_id", "tenant"), ("key", "retry")), may_be_absent=True),
    Row("operator:parked", "operators"),
    Row("operator:run-do", "operators", (("number", "1"), ("key", "retry")), may_be_absent=True),
    Row(
        "operator:wake-up-do",
        "operators",
        (("cell", "home"), ("number", "1"), ("key", "retry")),
        may_be_absent=True,
    ),
    Row("people:welcome", "open", (("token", "not-a-token"),), may_be_absent=True),
    Row("ui:style-guide", "open"),
    Row("ui:theme", "open"),
    *(
        Row(name, "library", may_be_absent=True)
        for name in (
            "account_login",
            "account_logout",
            "account_inactive",
            "account_reauthenticate",
            "account_change_password",
            "mfa_index",
            "mfa_authenticate",
            "mfa_reauthenticate",
            "mfa_deactivate_totp",
            "mfa_activate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_download_recovery_codes",
        )
    ),
]
