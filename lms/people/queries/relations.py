"""The facts about people as relations, for a neighbour that asks all of them in one statement of its own.

What `person_facts` says person by person stands here as tables with plain names, so that whoever writes a condition
need not know how people are stored. A relation that a statement does not name costs it nothing.
"""

RELATIONS = """
WITH RECURSIVE
department_below (code, department_id) AS (
    SELECT code, id FROM people_department
    UNION
    SELECT b.code, d.id FROM department_below b JOIN people_department d ON d.parent_id = b.department_id
),
appointment (id, user_id, kind, department_id, starts_on, ends_on, title, working_time, manager) AS NOT MATERIALIZED (
    SELECT a.id, a.user_id, a.kind, a.department_id, a.starts_on, a.ends_on, NULLIF(a.title, ''), a.fte_percent,
           above.public_id::text
      FROM people_affiliation a JOIN people_user u ON u.id = a.user_id AND u.is_active
      LEFT JOIN people_user above ON above.id = a.manager_id
),
leave (user_id, starts_on, ends_on) AS NOT MATERIALIZED (
    SELECT user_id, starts_on, ends_on FROM people_leave
),
member (user_id, code, since) AS NOT MATERIALIZED (
    SELECT m.user_id, g.code, m.since FROM people_groupmember m JOIN people_group g ON g.id = m.group_id
),
field_value (user_id, key, words, flag, number, day, starts_on, ends_on) AS NOT MATERIALIZED (
    SELECT v.user_id, f.key, NULLIF(v.words, ''), v.flag, v.number, v.day, v.starts_on, v.ends_on
      FROM people_fieldvalue v JOIN people_personfield f ON f.id = v.field_id
)
"""
"""`appointment` holds those of active people only, `manager` whose public id that is, active or not; `department_below`
pairs the code of a department with itself and everything under it."""
