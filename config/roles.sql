-- The two roles of Sanfang (see config/databases.py). The owner migrates, backs up and owns the few
-- SECURITY DEFINER functions; the app role is plain, so that row-level security binds it.
-- Applied by config/devstack.py and, in production, by config/postgres-init.sh.
CREATE ROLE sanfang_owner LOGIN NOSUPERUSER NOCREATEROLE CREATEDB BYPASSRLS;
CREATE ROLE sanfang_app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS;
CREATE DATABASE sanfang OWNER sanfang_owner;
