-- CreateTable
CREATE TABLE "Username" (
    "username" VARCHAR(100) NOT NULL,
    "folded" TEXT,
    "trigrams" TEXT[],

    CONSTRAINT "Username_pkey" PRIMARY KEY ("username")
);

-- The names that the service has not folded yet: few, and looked at with every search.
CREATE INDEX "Username_unfolded_idx" ON "Username"("username") WHERE "folded" IS NULL;

-- A name of ASCII alone is folded here, as the service would (src/user-usage/username.ts): "C" knows no other letters, whatever
-- the database's locale is. Any other is left to the service.
CREATE FUNCTION "foldedAscii"("name" TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE STRICT AS $$
	SELECT CASE WHEN octet_length("name") = length("name") THEN lower("name" COLLATE "C") END
$$;

CREATE FUNCTION "trigramsOf"("folded" TEXT) RETURNS TEXT[] LANGUAGE sql IMMUTABLE STRICT AS $$
	SELECT coalesce(array_agg(DISTINCT substr("folded", place, 3)), '{}') FROM generate_series(1, length("folded") - 2) place
$$;

-- Each name of a part is here, whoever writes the part. In the order of the key: of two that add the same names, one waits for
-- the other.
CREATE FUNCTION "addUsernames"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO "Username" ("username", "folded", "trigrams")
	SELECT "username", "foldedAscii"("username"), "trigramsOf"("foldedAscii"("username"))
	FROM (SELECT DISTINCT "username" FROM "written") named
	WHERE NOT EXISTS (SELECT FROM "Username" known WHERE known."username" = named."username")
	ORDER BY 1
	ON CONFLICT DO NOTHING;
	RETURN NULL;
END
$$;

CREATE TRIGGER "addUsernames" AFTER INSERT ON "ComponentUserUsage" REFERENCING NEW TABLE AS "written" FOR EACH STATEMENT EXECUTE FUNCTION "addUsernames"();
CREATE TRIGGER "addChangedUsernames" AFTER UPDATE ON "ComponentUserUsage" REFERENCING NEW TABLE AS "written" FOR EACH STATEMENT EXECUTE FUNCTION "addUsernames"();

-- The names that there are, each found behind the one before it in the index: as long as there are names, not parts. The
-- service folds them after its start, a batch at a time, and searches them one by one until then.
INSERT INTO "Username" ("username")
WITH RECURSIVE named AS (
	(SELECT "username" FROM "ComponentUserUsage" ORDER BY "username" LIMIT 1)
	UNION ALL
	SELECT (SELECT part."username" FROM "ComponentUserUsage" part WHERE part."username" > named."username" ORDER BY part."username" LIMIT 1)
	FROM named WHERE named."username" IS NOT NULL
)
SELECT "username" FROM named WHERE "username" IS NOT NULL
ON CONFLICT DO NOTHING;
