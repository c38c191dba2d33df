-- The three roles and the empty database, once per cluster, as a superuser. Safe to run again.
--   ALONGSIDE_MIGRATOR_PASSWORD=… ALONGSIDE_APP_PASSWORD=… ALONGSIDE_BACKUP_PASSWORD=… psql -f infra/roles.sql postgres
-- The demonstration and the tests do the same in alongside/platform/database/roles.py; a test compares the two.
\set ON_ERROR_STOP on
\getenv migrator_password ALONGSIDE_MIGRATOR_PASSWORD
\getenv app_password ALONGSIDE_APP_PASSWORD
\getenv backup_password ALONGSIDE_BACKUP_PASSWORD

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['alongside_owner', 'alongside_migrator', 'alongside_app', 'alongside_backup']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

-- owns everything, cannot log in
ALTER ROLE alongside_owner NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
-- its functions must see when a server process began: a signed context is valid for one process only
GRANT pg_read_all_stats TO alongside_owner;

-- runs migrations: its connections act as the owner
ALTER ROLE alongside_migrator LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'migrator_password';
GRANT alongside_owner TO alongside_migrator;
ALTER ROLE alongside_migrator SET role = alongside_owner;

-- web app and worker: owns nothing, cannot bypass row-level security
ALTER ROLE alongside_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOINHERIT PASSWORD :'app_password';
ALTER ROLE alongside_app SET statement_timeout = '20s';
ALTER ROLE alongside_app SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE alongside_app SET transaction_timeout = '5min';
-- hides its statements from others; the app does not start without this
ALTER ROLE alongside_app SET track_activities = off;

-- reads everything for the backup, and cannot write
ALTER ROLE alongside_backup LOGIN NOSUPERUSER BYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'backup_password';
GRANT pg_read_all_data TO alongside_backup;

SELECT 'CREATE DATABASE alongside OWNER alongside_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'alongside') \gexec
REVOKE ALL ON DATABASE alongside FROM PUBLIC;
GRANT CONNECT ON DATABASE alongside TO alongside_migrator, alongside_app, alongside_backup;
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;

-- other databases that the app's role can connect to, because PUBLIC may: give Alongside a server
-- of its own, or revoke CONNECT from PUBLIC there too
SELECT datname AS "still open to the app's role" FROM pg_database
WHERE datname <> 'alongside' AND datallowconn AND has_database_privilege('alongside_app', oid, 'CONNECT');

\connect alongside
-- rights of PUBLIC that the product does not need: large objects, ending other connections of the same
-- role, the names of prepared statements, locks that outlive a transaction, the activity of other connections
DO $$
DECLARE one regprocedure;
BEGIN
    FOR one IN SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ ANY (ARRAY[
        '^lo_', '^(loread|lowrite)$',
        '^pg_(cancel|terminate)_backend$',
        '^pg_prepared_statement$',
        '^pg_(try_)?advisory_lock(_shared)?$',
        '^(pg_stat_get_activity|pg_stat_get_backend_.*|pg_lock_status)$']) LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', one);
        IF one::text ~ '^pg_(stat_get|lock_status)' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO pg_read_all_stats', one);
        END IF;
    END LOOP;
END $$;
