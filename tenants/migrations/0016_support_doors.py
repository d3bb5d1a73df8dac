"""What a tenant's role may ask and do about support access: of its own tenant only, known by the role it has set."""

from django.db import migrations

_AS_OWNER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"

# The caller is known by the role it has set, never by an argument.
CALLER = f"""
CREATE FUNCTION public.duly_support_tenant() RETURNS bigint LANGUAGE plpgsql STABLE {_AS_OWNER} AS $$
DECLARE
    caller text := current_setting('role');
    caller_id bigint;
BEGIN
    SELECT id INTO caller_id FROM public.tenants_tenant WHERE 'r_' || schema_name = caller;
    IF caller_id IS NULL THEN
        RAISE EXCEPTION 'role % is no tenant', caller USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN caller_id;
END
$$;
"""

# As tenants.chronicle.write, with the wake-up of the job that tells the tenant. No tenant's role may call it.
EVENT = f"""
CREATE FUNCTION public.duly_support_event(
    of_tenant bigint, event_kind text, event_by text, event_reason text, event_facts jsonb, event_at timestamptz
) RETURNS void LANGUAGE sql {_AS_OWNER} AS $$
    INSERT INTO public.tenants_tenantevent (public_id, tenant_id, schema_name, kind, by, reason, facts, at)
    SELECT gen_random_uuid(), id, schema_name, event_kind, event_by, event_reason, event_facts, event_at
    FROM public.tenants_tenant WHERE id = of_tenant;
    INSERT INTO public.tenants_wakeup (tenant_id, job, due_at, attempts, last_error)
    VALUES (NULL, 'tenants.tell', event_at, 0, '');
$$;
"""

GRANTS = f"""
CREATE FUNCTION public.duly_support_grants(which uuid, open_at timestamptz) RETURNS TABLE (
    public_id uuid, operator_email text, operator_name text, reason text, ticket text, minutes smallint,
    decision text, decided_by text, asked_at timestamptz, starts_at timestamptz, ends_at timestamptz,
    ended_at timestamptz, ended_by text, used_at timestamptz, views bigint
) LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT g.public_id, g.operator_email, g.operator_name, g.reason, g.ticket, g.minutes, g.decision, g.decided_by,
           g.asked_at, g.starts_at, g.ends_at, g.ended_at, g.ended_by, g.used_at,
           (SELECT count(*) FROM public.tenants_supportview v WHERE v.grant_id = g.id)
    FROM public.tenants_supportgrant g
    WHERE g.tenant_id = public.duly_support_tenant()
      AND (which IS NULL OR g.public_id = which)
      AND (open_at IS NULL OR (g.ended_at IS NULL AND (g.ends_at > open_at OR g.decision = 'pending')))
    ORDER BY g.asked_at DESC, g.id DESC
    LIMIT 1000;
$$;
"""

VIEWS = f"""
CREATE FUNCTION public.duly_support_views(which uuid) RETURNS TABLE (
    method text, path text, status smallint, shown integer, at timestamptz
) LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT v.method, v.path, v.status, v.rows, v.at
    FROM public.tenants_supportview v JOIN public.tenants_supportgrant g ON g.id = v.grant_id
    WHERE g.tenant_id = public.duly_support_tenant() AND g.public_id = which
    ORDER BY v.at DESC, v.id DESC
    LIMIT 5000;
$$;
"""

ENTER = f"""
CREATE FUNCTION public.duly_support_enter(which uuid, hash text, entered_at timestamptz) RETURNS boolean
LANGUAGE plpgsql {_AS_OWNER} AS $$
DECLARE
    caller_id bigint := public.duly_support_tenant();
    entered public.tenants_supportgrant;
BEGIN
    UPDATE public.tenants_supportgrant SET entry_hash = '', used_at = COALESCE(used_at, entered_at)
    WHERE tenant_id = caller_id AND public_id = which AND entry_hash = hash AND hash <> ''
      AND ended_at IS NULL AND starts_at <= entered_at AND ends_at > entered_at
    RETURNING * INTO entered;
    IF entered.id IS NULL THEN
        RETURN false;
    END IF;
    PERFORM public.duly_support_event(caller_id, 'support.entered', entered.operator_email, entered.reason,
        jsonb_build_object('grant', which, 'operator', entered.operator_email, 'ends_at', entered.ends_at), entered_at);
    RETURN true;
END
$$;
"""

# Answers 'ended' when the grant is not in force (nothing is written then), 'bulk' when the operator has read more than
# `most` rows within an hour (all their grants end then), else 'fine'.
VIEW = f"""
CREATE FUNCTION public.duly_support_view(
    which uuid, asked_method text, asked_path text, answered smallint, shown integer, viewed_at timestamptz, most integer
) RETURNS text LANGUAGE plpgsql {_AS_OWNER} AS $$
DECLARE
    caller_id bigint := public.duly_support_tenant();
    here public.tenants_supportgrant;
    other public.tenants_supportgrant;
    seen bigint;
BEGIN
    SELECT * INTO here FROM public.tenants_supportgrant
    WHERE tenant_id = caller_id AND public_id = which
      AND ended_at IS NULL AND starts_at <= viewed_at AND ends_at > viewed_at
    FOR UPDATE;
    IF here.id IS NULL THEN
        RETURN 'ended';
    END IF;
    INSERT INTO public.tenants_supportview (grant_id, method, path, status, rows, at)
    VALUES (here.id, asked_method, asked_path, answered, shown, viewed_at);
    SELECT COALESCE(sum(v.rows), 0) INTO seen
    FROM public.tenants_supportview v JOIN public.tenants_supportgrant g ON g.id = v.grant_id
    WHERE g.operator_email = here.operator_email AND v.at > viewed_at - interval '1 hour';
    IF seen <= most THEN
        RETURN 'fine';
    END IF;
    PERFORM public.duly_support_event(caller_id, 'support.bulk_read', here.operator_email, here.reason,
        jsonb_build_object('grant', which, 'operator', here.operator_email, 'rows_within_an_hour', seen, 'allowed', most), viewed_at);
    FOR other IN UPDATE public.tenants_supportgrant SET ended_at = viewed_at, ended_by = 'system'
        WHERE operator_email = here.operator_email AND ended_at IS NULL AND ends_at > viewed_at RETURNING *
    LOOP
        PERFORM public.duly_support_event(other.tenant_id, 'support.ended', 'system', 'Read more than is allowed.',
            jsonb_build_object('grant', other.public_id, 'operator', other.operator_email,
                'operator_name', other.operator_name, 'pages',
                (SELECT count(*) FROM public.tenants_supportview WHERE grant_id = other.id)), viewed_at);
    END LOOP;
    RETURN 'bulk';
END
$$;
"""

# What the tenant decides: 'approve', 'refuse' or 'end'. False when there was nothing (any more) to decide.
DECIDE = f"""
CREATE FUNCTION public.duly_support_decide(
    which uuid, deed text, decider text, decided timestamptz, waits interval
) RETURNS boolean LANGUAGE plpgsql {_AS_OWNER} AS $$
DECLARE
    caller_id bigint := public.duly_support_tenant();
    it public.tenants_supportgrant;
    happened text;
BEGIN
    IF deed = 'approve' THEN
        happened := 'support.granted';
        UPDATE public.tenants_supportgrant SET decision = 'approved', decided_by = decider, decided_at = decided,
            starts_at = decided, ends_at = decided + make_interval(mins => minutes)
        WHERE tenant_id = caller_id AND public_id = which AND decision = 'pending' AND ended_at IS NULL
          AND asked_at > decided - waits
        RETURNING * INTO it;
    ELSIF deed = 'refuse' THEN
        happened := 'support.refused';
        UPDATE public.tenants_supportgrant SET decision = 'refused', decided_by = decider, decided_at = decided,
            ended_at = decided, ended_by = decider
        WHERE tenant_id = caller_id AND public_id = which AND decision = 'pending' AND ended_at IS NULL
        RETURNING * INTO it;
    ELSIF deed = 'end' THEN
        happened := 'support.ended';
        UPDATE public.tenants_supportgrant SET ended_at = decided, ended_by = decider, entry_hash = ''
        WHERE tenant_id = caller_id AND public_id = which AND ended_at IS NULL AND ends_at > decided
        RETURNING * INTO it;
    ELSE
        RAISE EXCEPTION 'unknown deed %', deed;
    END IF;
    IF it.id IS NULL THEN
        RETURN false;
    END IF;
    IF deed = 'approve' THEN
        INSERT INTO public.tenants_wakeup (tenant_id, job, due_at, attempts, last_error)
        VALUES (NULL, 'tenants.close_support', it.ends_at, 0, '');
    END IF;
    PERFORM public.duly_support_event(caller_id, happened, decider, it.reason,
        jsonb_build_object('grant', which, 'operator', it.operator_email, 'operator_name', it.operator_name,
            'ticket', it.ticket, 'minutes', it.minutes, 'ends_at', it.ends_at)
        || CASE WHEN deed = 'end' THEN jsonb_build_object('pages',
            (SELECT count(*) FROM public.tenants_supportview WHERE grant_id = it.id)) ELSE '{{}}'::jsonb END,
        decided);
    RETURN true;
END
$$;
"""

WISH = f"""
CREATE FUNCTION public.duly_support_wish() RETURNS boolean LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT support_needs_approval FROM public.tenants_tenant WHERE id = public.duly_support_tenant();
$$;
CREATE FUNCTION public.duly_support_wish(wished boolean, decider text, decided timestamptz) RETURNS boolean
LANGUAGE plpgsql {_AS_OWNER} AS $$
DECLARE
    caller_id bigint := public.duly_support_tenant();
BEGIN
    UPDATE public.tenants_tenant SET support_needs_approval = wished
    WHERE id = caller_id AND support_needs_approval <> wished;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM public.duly_support_event(caller_id, 'support.approval_changed', decider, '',
        jsonb_build_object('needs_approval', wished), decided);
    RETURN true;
END
$$;
"""

KEPT = """
CREATE FUNCTION public.duly_support_view_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What support has looked at is never changed or deleted.';
END
$$;
CREATE TRIGGER support_view_is_kept BEFORE UPDATE OR DELETE ON public.tenants_supportview
FOR EACH ROW EXECUTE FUNCTION public.duly_support_view_is_kept();
CREATE TRIGGER support_view_is_not_emptied BEFORE TRUNCATE ON public.tenants_supportview
FOR EACH STATEMENT EXECUTE FUNCTION public.duly_support_view_is_kept();
"""

_DROP = """
DROP TRIGGER support_view_is_not_emptied ON public.tenants_supportview;
DROP TRIGGER support_view_is_kept ON public.tenants_supportview;
DROP FUNCTION public.duly_support_view_is_kept();
DROP FUNCTION public.duly_support_wish(boolean, text, timestamptz);
DROP FUNCTION public.duly_support_wish();
DROP FUNCTION public.duly_support_decide(uuid, text, text, timestamptz, interval);
DROP FUNCTION public.duly_support_view(uuid, text, text, smallint, integer, timestamptz, integer);
DROP FUNCTION public.duly_support_enter(uuid, text, timestamptz);
DROP FUNCTION public.duly_support_views(uuid);
DROP FUNCTION public.duly_support_grants(uuid, timestamptz);
DROP FUNCTION public.duly_support_event(bigint, text, text, text, jsonb, timestamptz);
DROP FUNCTION public.duly_support_tenant();
"""

_CREATE = "".join([CALLER, EVENT, GRANTS, VIEWS, ENTER, VIEW, DECIDE, WISH, KEPT])


class Migration(migrations.Migration):
    dependencies = [("tenants", "0015_support")]

    operations = [migrations.RunSQL(_CREATE, _DROP)]
