-- The five logins of Duly. Run once per PostgreSQL cluster (16 or newer), as a superuser, in any database:
--   psql -d postgres -f deploy/postgres/roles.sql
--   psql -d postgres -c '\password duly_owner' -c '\password duly_app'   (and so on, for those you use)
--   createdb --owner=duly_owner duly
--   psql -d duly -f deploy/postgres/database.sql
-- Running it again changes nothing. `make run` executes this very file on its embedded server.

DO $$
DECLARE
    login text;
BEGIN
    FOREACH login IN ARRAY ARRAY['duly_owner', 'duly_app', 'duly_operator', 'duly_backup', 'duly_readonly'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
            EXECUTE format('CREATE ROLE %I', login);
        END IF;
    END LOOP;
END
$$;

-- Owns the database and every table. Used by migrations and by the worker that provisions tenants, never by web.
-- CREATEROLE: each tenant has a role of its own.
ALTER ROLE duly_owner LOGIN NOSUPERUSER NOCREATEDB CREATEROLE NOREPLICATION NOBYPASSRLS;

-- The login of every request. NOINHERIT: by itself it may do nothing inside a tenant; it becomes a tenant's role
-- with SET ROLE for the length of one piece of work. It cannot become the operators' role.
ALTER ROLE duly_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS;

-- The login of the operator console: the shared tables, and the operators' own schema. It is granted no tenant's role,
-- so nothing that runs as it can read what a university keeps.
ALTER ROLE duly_operator LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS;

-- Copies every table and changes nothing: pg_dump. Its rights come from the owner's default privileges, not from
-- pg_read_all_data, which would let it read the password hashes of all logins too. (A physical base backup needs
-- REPLICATION: a login of its own.)
ALTER ROLE duly_backup LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS;
ALTER ROLE duly_backup SET default_transaction_read_only = on;

-- Figures for dashboards: two views of the public schema, without a name and without a tenant's row.
ALTER ROLE duly_readonly LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS;
ALTER ROLE duly_readonly SET default_transaction_read_only = on;
