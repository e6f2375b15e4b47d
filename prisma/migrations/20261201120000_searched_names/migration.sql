-- Names of what is listed, to be searched by a part of them as usernames are (20261130164500_usernames).
-- CreateTable
CREATE TABLE "SearchedName" (
    "name" TEXT NOT NULL,
    "folded" TEXT,
    "trigrams" TEXT[],

    CONSTRAINT "SearchedName_pkey" PRIMARY KEY ("name")
);

-- The names that the service has not folded yet: few, and looked at with every search.
CREATE INDEX "SearchedName_unfolded_idx" ON "SearchedName"("name") WHERE "folded" IS NULL;

-- Each name is here, whoever writes what has it. In the order of the key: of two that add the same names, one waits for the
-- other. The trigger's argument is the column that has the name; no name is not searched for.
CREATE FUNCTION "addSearchedNames"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO "SearchedName" ("name", "folded", "trigrams")
	SELECT "name", "foldedAscii"("name"), "trigramsOf"("foldedAscii"("name"))
	FROM (SELECT DISTINCT to_jsonb("written") ->> TG_ARGV[0] AS "name" FROM "written") named
	WHERE "name" IS NOT NULL AND NOT EXISTS (SELECT FROM "SearchedName" known WHERE known."name" = named."name")
	ORDER BY 1
	ON CONFLICT DO NOTHING;
	RETURN NULL;
END
$$;

CREATE FUNCTION "addSearchedName"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	"written" TEXT := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
	IF "written" IS NOT NULL AND NOT EXISTS (SELECT FROM "SearchedName" known WHERE known."name" = "written") THEN
		INSERT INTO "SearchedName" ("name", "folded", "trigrams")
		VALUES ("written", "foldedAscii"("written"), "trigramsOf"("foldedAscii"("written")))
		ON CONFLICT DO NOTHING;
	END IF;
	RETURN NULL;
END
$$;

-- New rows are many at once, in imports. Changed names are few, and looked at row by row: a report changes a resource, and not its name.
CREATE TRIGGER "addSearchedNames" AFTER INSERT ON "Customer" REFERENCING NEW TABLE AS "written" FOR EACH STATEMENT EXECUTE FUNCTION "addSearchedNames"('name');
CREATE TRIGGER "addSearchedNames" AFTER INSERT ON "Project" REFERENCING NEW TABLE AS "written" FOR EACH STATEMENT EXECUTE FUNCTION "addSearchedNames"('name');
CREATE TRIGGER "addSearchedNames" AFTER INSERT ON "Offering" REFERENCING NEW TABLE AS "written" FOR EACH STATEMENT EXECUTE FUNCTION "addSearchedNames"('name');
CREATE TRIGGER "addSearchedNames" AFTER INSERT ON "Resource" REFERENCING NEW TABLE AS "written" FOR EACH STATEMENT EXECUTE FUNCTION "addSearchedNames"('name');
CREATE TRIGGER "addSearchedNames" AFTER INSERT ON "OfferingUser" REFERENCING NEW TABLE AS "written" FOR EACH STATEMENT EXECUTE FUNCTION "addSearchedNames"('username');

CREATE TRIGGER "addChangedName" AFTER UPDATE OF "name" ON "Customer" FOR EACH ROW WHEN (OLD."name" IS DISTINCT FROM NEW."name") EXECUTE FUNCTION "addSearchedName"('name');
CREATE TRIGGER "addChangedName" AFTER UPDATE OF "name" ON "Project" FOR EACH ROW WHEN (OLD."name" IS DISTINCT FROM NEW."name") EXECUTE FUNCTION "addSearchedName"('name');
CREATE TRIGGER "addChangedName" AFTER UPDATE OF "name" ON "Offering" FOR EACH ROW WHEN (OLD."name" IS DISTINCT FROM NEW."name") EXECUTE FUNCTION "addSearchedName"('name');
CREATE TRIGGER "addChangedName" AFTER UPDATE OF "name" ON "Resource" FOR EACH ROW WHEN (OLD."name" IS DISTINCT FROM NEW."name") EXECUTE FUNCTION "addSearchedName"('name');
CREATE TRIGGER "addChangedName" AFTER UPDATE OF "username" ON "OfferingUser" FOR EACH ROW WHEN (OLD."username" IS DISTINCT FROM NEW."username") EXECUTE FUNCTION "addSearchedName"('username');
