-- Who writes a record while its project is removed, not committed yet, would have missed it, and the removal the record. The
-- lock that the removal takes alone is shared by those who write: of the two the second waits, and sees what the first did.
CREATE OR REPLACE FUNCTION "takeProjectIsRemoved"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_advisory_xact_lock_shared(hashtextextended('who counts', 7702));
	NEW."projectIsRemoved" := coalesce((SELECT p."isRemoved" FROM "Project" p WHERE p."uuid" = NEW."projectUuid"), false);
	RETURN NEW;
END
$$;

-- What has been missed until now.
UPDATE "Resource" r SET "projectIsRemoved" = p."isRemoved" FROM "Project" p WHERE p."uuid" = r."projectUuid" AND r."projectIsRemoved" <> p."isRemoved";
UPDATE "ComponentUsage" u SET "projectIsRemoved" = p."isRemoved" FROM "Project" p WHERE p."uuid" = u."projectUuid" AND u."projectIsRemoved" <> p."isRemoved";
