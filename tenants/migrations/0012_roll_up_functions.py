"""What a tenant's role may do about roll-ups: functions that know the caller by its role and touch its rows only."""

from django.db import migrations

# The role names the schema, so the caller is found by a unique index however many tenants there are.
CALLER = """
CREATE FUNCTION public.duly_caller() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller text := current_setting('role');
    caller_id bigint;
BEGIN
    IF starts_with(caller, 'r_') THEN
        SELECT id INTO caller_id FROM public.tenants_tenant WHERE schema_name = substr(caller, 3);
    END IF;
    IF caller_id IS NULL THEN
        RAISE EXCEPTION 'role % is no tenant', caller USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN caller_id;
END
$$;

CREATE OR REPLACE FUNCTION public.duly_wake(job_name text, wake_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.tenants_wakeup (tenant_id, job, due_at, attempts, last_error)
    VALUES (public.duly_caller(), job_name, wake_at, 0, '');
END
$$;
"""

# As tenants.chronicle.write does: the event, and the job that tells the tenant. The other side reads the acting
# site's name; the address of who acted is its own site's business.
TELL = """
CREATE FUNCTION public.duly_rollup_tell(
    p_kind text, p_parent bigint, p_department bigint, p_actor bigint, p_by text, p_at timestamptz, p_facts jsonb
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.tenants_tenantevent (public_id, tenant_id, schema_name, kind, by, reason, facts, at)
    SELECT gen_random_uuid(), t.id, t.schema_name, p_kind,
           CASE WHEN t.id = p_actor THEN p_by ELSE 'tenant:' || a.name END, '',
           p_facts || jsonb_build_object('side', CASE WHEN t.id = p_parent THEN 'parent' ELSE 'department' END,
               'by_side', CASE WHEN p_actor = p_parent THEN 'parent' ELSE 'department' END,
               'parent', p.name, 'department', d.name), p_at
      FROM public.tenants_tenant t, public.tenants_tenant p, public.tenants_tenant d, public.tenants_tenant a
     WHERE t.id IN (p_parent, p_department) AND p.id = p_parent AND d.id = p_department AND a.id = p_actor;
    INSERT INTO public.tenants_wakeup (tenant_id, job, due_at, attempts, last_error)
    VALUES (NULL, 'tenants.tell', p_at, 0, '');
END
$$;
"""

INVITATIONS = """
CREATE FUNCTION public.duly_rollup_invite(
    p_id uuid, p_digest text, p_label text, p_name text, p_by text, p_at timestamptz, p_until timestamptz, p_most int
) RETURNS TABLE (outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller bigint := public.duly_caller();
BEGIN
    IF (SELECT count(*) FROM public.tenants_rollupinvitation i
         WHERE i.parent_id = caller AND i.redeemed_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > p_at
       ) >= p_most THEN
        RETURN QUERY SELECT 'many';
        RETURN;
    END IF;
    INSERT INTO public.tenants_rollupinvitation
        (public_id, parent_id, label, code_digest, created_by, created_at, expires_at)
    VALUES (p_id, caller, p_label, p_digest, p_name, p_at, p_until);
    INSERT INTO public.tenants_tenantevent (public_id, tenant_id, schema_name, kind, by, reason, facts, at)
    SELECT gen_random_uuid(), t.id, t.schema_name, 'rollup.invited', p_by, '',
           jsonb_build_object('label', p_label), p_at
      FROM public.tenants_tenant t WHERE t.id = caller;
    INSERT INTO public.tenants_wakeup (tenant_id, job, due_at, attempts, last_error)
    VALUES (NULL, 'tenants.tell', p_at, 0, '');
    RETURN QUERY SELECT 'ok';
END
$$;

CREATE FUNCTION public.duly_rollup_withdraw(p_invitation uuid, p_by text, p_at timestamptz)
RETURNS TABLE (outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller bigint := public.duly_caller();
    its_label text;
BEGIN
    UPDATE public.tenants_rollupinvitation i SET withdrawn_at = p_at
     WHERE i.public_id = p_invitation AND i.parent_id = caller AND i.redeemed_at IS NULL AND i.withdrawn_at IS NULL
    RETURNING i.label INTO its_label;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'unknown';
        RETURN;
    END IF;
    INSERT INTO public.tenants_tenantevent (public_id, tenant_id, schema_name, kind, by, reason, facts, at)
    SELECT gen_random_uuid(), t.id, t.schema_name, 'rollup.withdrawn', p_by, '',
           jsonb_build_object('label', its_label), p_at
      FROM public.tenants_tenant t WHERE t.id = caller;
    INSERT INTO public.tenants_wakeup (tenant_id, job, due_at, attempts, last_error)
    VALUES (NULL, 'tenants.tell', p_at, 0, '');
    RETURN QUERY SELECT 'ok';
END
$$;

CREATE FUNCTION public.duly_rollup_invitations()
RETURNS TABLE (public_id uuid, label text, code_digest text, created_by text, created_at timestamptz,
               expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT i.public_id, i.label, i.code_digest, i.created_by, i.created_at, i.expires_at
      FROM public.tenants_rollupinvitation i
     WHERE i.parent_id = public.duly_caller() AND i.redeemed_at IS NULL AND i.withdrawn_at IS NULL
     ORDER BY i.created_at DESC, i.id DESC
$$;
"""

# `duly_rollup_offer` is for the run-time login (a new site that was invited); tenants come through `redeem`.
OFFERS = """
CREATE FUNCTION public.duly_rollup_offer(
    p_invitation bigint, p_department bigint, p_terms text, p_by text, p_at timestamptz
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    invitation public.tenants_rollupinvitation;
    agreement uuid := gen_random_uuid();
BEGIN
    SELECT * INTO invitation FROM public.tenants_rollupinvitation i
     WHERE i.id = p_invitation AND i.redeemed_at IS NULL AND i.withdrawn_at IS NULL FOR UPDATE;
    IF NOT FOUND OR invitation.parent_id = p_department THEN
        RETURN NULL;
    END IF;
    INSERT INTO public.tenants_rollupagreement
        (public_id, parent_id, department_id, state, terms, offered_by, offered_at, decided_by, ended_by, ended_side)
    VALUES (agreement, invitation.parent_id, p_department, 'offered', p_terms, invitation.created_by, p_at, '', '', '');
    UPDATE public.tenants_rollupinvitation i SET redeemed_at = p_at WHERE i.id = p_invitation;
    PERFORM public.duly_rollup_tell('rollup.offered', invitation.parent_id, p_department, p_department, p_by, p_at,
        jsonb_build_object('terms', p_terms));
    RETURN agreement;
END
$$;

CREATE FUNCTION public.duly_rollup_redeem(
    p_digest text, p_terms text, p_name text, p_by text, p_at timestamptz
) RETURNS TABLE (outcome text, agreement uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller bigint := public.duly_caller();
    invitation public.tenants_rollupinvitation;
    known uuid;
BEGIN
    SELECT * INTO invitation FROM public.tenants_rollupinvitation i
     WHERE i.code_digest = p_digest AND i.redeemed_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > p_at
       FOR UPDATE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'unknown', NULL::uuid;
        RETURN;
    END IF;
    IF invitation.parent_id = caller THEN
        RETURN QUERY SELECT 'own', NULL::uuid;
        RETURN;
    END IF;
    -- Two codes of one university at once: the second waits for the first and finds its agreement.
    PERFORM pg_advisory_xact_lock(7236, caller::int);
    SELECT a.public_id INTO known FROM public.tenants_rollupagreement a
     WHERE a.parent_id = invitation.parent_id AND a.department_id = caller AND a.state IN ('offered', 'in_force');
    IF FOUND THEN
        RETURN QUERY SELECT 'open', known;
        RETURN;
    END IF;
    RETURN QUERY SELECT 'ok', public.duly_rollup_offer(invitation.id, caller, p_terms, p_by, p_at);
END
$$;
"""

# Deciding is serialised: two agreements accepted at once must not make a site both a parent and a department.
DECIDE = """
CREATE FUNCTION public.duly_rollup_decide(
    p_agreement uuid, p_deed text, p_name text, p_by text, p_at timestamptz
) RETURNS TABLE (outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller bigint := public.duly_caller();
    agreed public.tenants_rollupagreement;
BEGIN
    PERFORM pg_advisory_xact_lock(7237);
    SELECT * INTO agreed FROM public.tenants_rollupagreement a
     WHERE a.public_id = p_agreement AND caller IN (a.parent_id, a.department_id) FOR UPDATE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'unknown';
        RETURN;
    END IF;
    IF p_deed = 'end' AND agreed.state IN ('offered', 'in_force') THEN
        DELETE FROM public.tenants_rollupfigure f WHERE f.agreement_id = agreed.id;
        UPDATE public.tenants_rollupagreement a
           SET state = 'ended', ended_by = p_name, ended_at = p_at,
               ended_side = CASE WHEN caller = a.parent_id THEN 'parent' ELSE 'department' END
         WHERE a.id = agreed.id;
    ELSIF p_deed IN ('accept', 'refuse') AND agreed.state = 'offered' AND caller = agreed.department_id THEN
        IF p_deed = 'accept' AND EXISTS (
            SELECT FROM public.tenants_rollupagreement a WHERE a.state = 'in_force'
               AND (a.department_id = agreed.parent_id OR a.parent_id = agreed.department_id)) THEN
            RETURN QUERY SELECT 'chained';
            RETURN;
        END IF;
        UPDATE public.tenants_rollupagreement a
           SET state = CASE p_deed WHEN 'accept' THEN 'in_force' ELSE 'refused' END,
               decided_by = p_name, decided_at = p_at
         WHERE a.id = agreed.id;
    ELSE
        RETURN QUERY SELECT 'late';
        RETURN;
    END IF;
    PERFORM public.duly_rollup_tell(
        CASE p_deed WHEN 'accept' THEN 'rollup.accepted' WHEN 'refuse' THEN 'rollup.refused' ELSE 'rollup.ended' END,
        agreed.parent_id, agreed.department_id, caller, p_by, p_at, jsonb_build_object('terms', agreed.terms));
    RETURN QUERY SELECT 'ok';
END
$$;

CREATE FUNCTION public.duly_rollup_agreements()
RETURNS TABLE (public_id uuid, side text, other_name text, other_host text, state text, terms text, offered_by text,
               offered_at timestamptz, decided_by text, decided_at timestamptz, ended_by text, ended_side text,
               ended_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH me AS MATERIALIZED (SELECT public.duly_caller() AS id)
    SELECT a.public_id, CASE WHEN a.parent_id = me.id THEN 'parent' ELSE 'department' END, t.name,
           coalesce(d.domain, ''), a.state, a.terms, a.offered_by, a.offered_at, a.decided_by, a.decided_at,
           a.ended_by, a.ended_side, a.ended_at
      FROM me JOIN public.tenants_rollupagreement a ON me.id IN (a.parent_id, a.department_id)
      JOIN public.tenants_tenant t ON t.id = CASE WHEN a.parent_id = me.id THEN a.department_id ELSE a.parent_id END
      LEFT JOIN public.tenants_domain d ON d.tenant_id = t.id AND d.is_primary
     ORDER BY a.offered_at DESC, a.id DESC
$$;
"""

# FOR SHARE waits for an ending that is under way, and makes one that begins now wait: no figure outlives its
# agreement.
FIGURES = """
CREATE FUNCTION public.duly_rollup_publish(p_figures jsonb, p_as_of date, p_at timestamptz)
RETURNS TABLE (sites int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller bigint := public.duly_caller();
    its_month date := date_trunc('month', p_as_of)::date;
    agreed bigint;
    told int := 0;
BEGIN
    IF jsonb_array_length(p_figures) > 1000 THEN
        RAISE EXCEPTION 'more figures than a site has requirements' USING ERRCODE = 'program_limit_exceeded';
    END IF;
    FOR agreed IN SELECT a.id FROM public.tenants_rollupagreement a
                   WHERE a.department_id = caller AND a.state = 'in_force' ORDER BY a.id FOR SHARE LOOP
        DELETE FROM public.tenants_rollupfigure f
         WHERE f.agreement_id = agreed AND (f.month = its_month OR f.month < its_month - interval '36 months');
        INSERT INTO public.tenants_rollupfigure
            (agreement_id, month, as_of, requirement, title, compliant, required, published_at)
        SELECT agreed, its_month, p_as_of, r.requirement, r.title, r.compliant, r.required, p_at
          FROM jsonb_to_recordset(p_figures) AS r (requirement uuid, title text, compliant int, required int);
        told := told + 1;
    END LOOP;
    RETURN QUERY SELECT told;
END
$$;

CREATE FUNCTION public.duly_rollup_figures(p_agreement uuid)
RETURNS TABLE (agreement uuid, month date, as_of date, requirement uuid, title text, compliant int, required int,
               published_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH me AS MATERIALIZED (SELECT public.duly_caller() AS id)
    SELECT a.public_id, f.month, f.as_of, f.requirement, f.title, f.compliant, f.required, f.published_at
      FROM me JOIN public.tenants_rollupagreement a ON me.id IN (a.parent_id, a.department_id)
      JOIN public.tenants_rollupfigure f ON f.agreement_id = a.id
      JOIN public.tenants_tenant d ON d.id = a.department_id AND d.status <> 'purged'
     WHERE a.state = 'in_force'
       AND CASE WHEN p_agreement IS NULL THEN a.parent_id = me.id AND f.requirement IS NULL
                ELSE a.public_id = p_agreement END
     ORDER BY f.month DESC, f.requirement IS NOT NULL, f.title, f.id
$$;
"""

NAMES = [
    "duly_rollup_figures(uuid)",
    "duly_rollup_publish(jsonb, date, timestamptz)",
    "duly_rollup_agreements()",
    "duly_rollup_decide(uuid, text, text, text, timestamptz)",
    "duly_rollup_redeem(text, text, text, text, timestamptz)",
    "duly_rollup_offer(bigint, bigint, text, text, timestamptz)",
    "duly_rollup_invitations()",
    "duly_rollup_withdraw(uuid, text, timestamptz)",
    "duly_rollup_invite(uuid, text, text, text, text, timestamptz, timestamptz, int)",
    "duly_rollup_tell(text, bigint, bigint, bigint, text, timestamptz, jsonb)",
]
DROP = "\n".join(f"DROP FUNCTION public.{name};" for name in NAMES)


class Migration(migrations.Migration):
    dependencies = [("tenants", "0011_roll_up")]

    operations = [
        migrations.RunSQL(CALLER, migrations.RunSQL.noop),
        migrations.RunSQL(TELL + INVITATIONS + OFFERS + DECIDE + FIGURES, DROP),
    ]
