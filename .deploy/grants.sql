-- What a role that owns nothing needs to run the service with MIGRATE=off. Run once as the owner of the tables, who also
-- runs "npm run migrate" before each new version: psql --set role=NAME --file .deploy/grants.sql URL

GRANT USAGE ON SCHEMA public TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"role";
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO :"role";

-- The same for what later migrations of this owner make.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"role";
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO :"role";

-- Who applied what is the owner's to say.
REVOKE INSERT, UPDATE, DELETE ON "_prisma_migrations" FROM :"role";
