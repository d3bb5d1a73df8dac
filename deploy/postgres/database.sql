-- What everyone may do in the database of Duly: nothing. Run as a superuser inside that database, after roles.sql.
-- Running it again changes nothing.

DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I OWNER TO duly_owner', current_database());
    -- With it goes TEMPORARY: no login makes tables, not even ones that end with its session.
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO duly_app, duly_operator, duly_backup, duly_readonly', current_database()
    );
END
$$;

ALTER SCHEMA public OWNER TO duly_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM duly_app, duly_operator, duly_backup, duly_readonly;

-- Functions can be called by everyone unless said otherwise: here each is granted by name.
ALTER DEFAULT PRIVILEGES FOR ROLE duly_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
