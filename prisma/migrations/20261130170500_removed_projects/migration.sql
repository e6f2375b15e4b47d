-- What belongs to a removed project is hidden from all but staff. Whether it does stands in the resources and in their usage
-- records too, so that no reading has to look at the project. Triggers write it: no writer can forget it.
ALTER TABLE "Resource" ADD COLUMN "projectIsRemoved" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "ComponentUsage" ADD COLUMN "projectIsRemoved" BOOLEAN NOT NULL DEFAULT false;

CREATE FUNCTION "takeProjectIsRemoved"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW."projectIsRemoved" := coalesce((SELECT p."isRemoved" FROM "Project" p WHERE p."uuid" = NEW."projectUuid"), false);
	RETURN NEW;
END
$$;

CREATE TRIGGER "takeProjectIsRemoved" BEFORE INSERT OR UPDATE OF "projectUuid" ON "Resource"
	FOR EACH ROW EXECUTE FUNCTION "takeProjectIsRemoved"();
CREATE TRIGGER "takeProjectIsRemoved" BEFORE INSERT OR UPDATE OF "projectUuid" ON "ComponentUsage"
	FOR EACH ROW EXECUTE FUNCTION "takeProjectIsRemoved"();

CREATE FUNCTION "tellProjectIsRemoved"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	-- The lock that changes who counts for policies (src/database/lock.ts): reports under way are stored before, and those
	-- that come later see the project as it is from now on.
	PERFORM pg_advisory_xact_lock(hashtextextended('who counts', 7702));
	UPDATE "Resource" SET "projectIsRemoved" = NEW."isRemoved" WHERE "projectUuid" = NEW."uuid";
	UPDATE "ComponentUsage" SET "projectIsRemoved" = NEW."isRemoved" WHERE "projectUuid" = NEW."uuid";
	RETURN NULL;
END
$$;

CREATE TRIGGER "tellProjectIsRemoved" AFTER UPDATE OF "isRemoved" ON "Project"
	FOR EACH ROW WHEN (OLD."isRemoved" IS DISTINCT FROM NEW."isRemoved") EXECUTE FUNCTION "tellProjectIsRemoved"();

-- What is stored already, at once, for answers depend on it: found by its project, through indexes, and only what belongs to
-- the few projects that were removed. The triggers hold off those who write meanwhile.
UPDATE "Resource" r SET "projectIsRemoved" = true FROM "Project" p WHERE p."uuid" = r."projectUuid" AND p."isRemoved";
UPDATE "ComponentUsage" u SET "projectIsRemoved" = true FROM "Project" p WHERE p."uuid" = u."projectUuid" AND p."isRemoved";
