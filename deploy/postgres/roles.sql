-- The two logins of Duly. Run once per PostgreSQL cluster (16 or newer), as a superuser, in any database:
--   psql -d postgres -f deploy/postgres/roles.sql
--   psql -d postgres -c '\password duly_owner' -c '\password duly_app'
--   createdb --owner=duly_owner duly
--   psql -d duly -f deploy/postgres/database.sql
-- Running it again changes nothing. `make run` executes this very file on its embedded server.

DO $$
BEGIN
    -- Owns the database and every table. Used by migrations and by the worker that provisions tenants, never by web.
    -- CREATEROLE: each tenant has a role of its own.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'duly_owner') THEN
        CREATE ROLE duly_owner;
    END IF;
    -- The login of every request. NOINHERIT: by itself it may do nothing inside a tenant; it becomes a tenant's role
    -- with SET ROLE for the length of one piece of work.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'duly_app') THEN
        CREATE ROLE duly_app;
    END IF;
END
$$;

ALTER ROLE duly_owner LOGIN NOSUPERUSER NOCREATEDB CREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE duly_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS;
