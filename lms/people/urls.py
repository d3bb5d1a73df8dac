"""The addresses of the people app."""

from django.urls import path

from lms.people.views import access, deciding, directory, fields, groups, persons, proposals, rosters, undoing

app_name = "people"

urlpatterns = [
    path("people/", directory.person_list, name="person-list"),
    path("people/export.csv", directory.person_csv, name="person-csv"),
    path("people/add/", persons.person_add, name="person-add"),
    path("people/departments/", directory.department_list, name="department-list"),
    path("people/departments/add/", directory.department_add, name="department-add"),
    path("people/departments/<uuid:public_id>/", directory.department_edit, name="department-edit"),
    path("people/groups/", groups.group_list, name="group-list"),
    path("people/groups/add/", groups.group_add, name="group-add"),
    path("people/groups/<uuid:public_id>/", groups.group_detail, name="group-detail"),
    path("people/groups/<uuid:public_id>/edit/", groups.group_edit, name="group-edit"),
    path("people/groups/<uuid:public_id>/members/", groups.members_add, name="members-add"),
    path(
        "people/groups/<uuid:public_id>/members/<uuid:person>/removal/",
        groups.member_remove,
        name="member-remove",
    ),
    path("people/edits/<uuid:public_id>/", proposals.edit_detail, name="edit-detail"),
    path("people/edits/<uuid:public_id>/decide/", proposals.edit_decide, name="edit-decide"),
    path("people/edits/<uuid:public_id>/withdraw/", proposals.edit_withdraw, name="edit-withdraw"),
    path("people/fields/", fields.field_list, name="field-list"),
    path("people/fields/add/", fields.field_add, name="field-add"),
    path("people/fields/<uuid:public_id>/", fields.field_edit, name="field-edit"),
    path("people/<uuid:public_id>/fields/", fields.person_fields, name="person-fields"),
    path("people/import/", rosters.import_new, name="import-new"),
    path("people/import/<uuid:public_id>/", rosters.import_detail, name="import-detail"),
    path("people/import/<uuid:public_id>/columns/", rosters.import_columns, name="import-columns"),
    path("people/import/<uuid:public_id>/start/", rosters.import_start, name="import-start"),
    path("people/import/<uuid:public_id>/decide/", deciding.import_decide, name="import-decide"),
    path("people/import/<uuid:public_id>/withdraw/", deciding.import_withdraw, name="import-withdraw"),
    path("people/import/<uuid:public_id>/undo/", undoing.import_undo, name="import-undo"),
    path("people/import/<uuid:public_id>/resume/", rosters.import_resume, name="import-resume"),
    path("people/import/<uuid:public_id>/problems.csv", rosters.import_problems_csv, name="import-problems"),
    path("people/<uuid:public_id>/", persons.person_detail, name="person-detail"),
    path("people/<uuid:public_id>/edit/", persons.person_edit, name="person-edit"),
    path("people/<uuid:public_id>/deactivation/", persons.person_deactivate, name="person-deactivate"),
    path("people/<uuid:public_id>/reactivation/", persons.person_reactivate, name="person-reactivate"),
    path("people/<uuid:public_id>/invitation/", access.person_invite, name="person-invite"),
    path("people/<uuid:public_id>/roles/", access.role_grant, name="role-grant"),
    path("people/<uuid:public_id>/roles/revocation/", access.role_revoke, name="role-revoke"),
    path("people/<uuid:public_id>/affiliations/", persons.affiliation_add, name="affiliation-add"),
    path(
        "people/<uuid:public_id>/affiliations/<int:number>/",
        persons.affiliation_edit,
        name="affiliation-edit",
    ),
    path("profile/", access.profile, name="profile"),
    path("welcome/<str:token>/", access.welcome, name="welcome"),
]
