#!/bin/sh
# Makes the database and two roles in an empty PostgreSQL: "ansprechbar_owner" owns the tables, and is
# for `migrate` and `restore`; "ansprechbar_site" reads and writes rows, and can do nothing else:
# whoever takes over the site can change no table and run no program.
#
# Runs as PostgreSQL's superuser; OWNER_PASSWORD_FILE and SITE_PASSWORD_FILE name files with the
# passwords. In a container the image runs it once, when the volume is empty.
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname postgres <<'SQL'
\set owner_password `cat "$OWNER_PASSWORD_FILE"`
\set site_password `cat "$SITE_PASSWORD_FILE"`
CREATE ROLE ansprechbar_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE ansprechbar_site LOGIN PASSWORD :'site_password';
CREATE DATABASE ansprechbar OWNER ansprechbar_owner TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE ansprechbar FROM PUBLIC;
GRANT CONNECT ON DATABASE ansprechbar TO ansprechbar_site;
\connect ansprechbar
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO ansprechbar_owner;
GRANT USAGE ON SCHEMA public TO ansprechbar_site;
ALTER DEFAULT PRIVILEGES FOR ROLE ansprechbar_owner IN SCHEMA public
	GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ansprechbar_site;
ALTER DEFAULT PRIVILEGES FOR ROLE ansprechbar_owner IN SCHEMA public
	GRANT USAGE, SELECT ON SEQUENCES TO ansprechbar_site;
SQL
