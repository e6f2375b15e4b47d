-- A resource's current usage of a type is that of the record of its latest billing month. Triggers derive it in the
-- transaction that writes the records: no writer can forget it. What a source told of a type without any record stays.

-- Derives the current usages of the pairs of a resource and a type. The resources are locked first, in the order of their
-- uuids, and records are read by a statement that begins after that: of two who write records of different months at once
-- the second waits, and sees what the first has committed. Without statistics the reads are planned as scans of all records.
CREATE FUNCTION "deriveCurrentUsages"("resources" UUID[], "types" TEXT[], "at" TIMESTAMPTZ) RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off
AS $$
BEGIN
	PERFORM FROM "Resource" WHERE "uuid" = ANY("resources") ORDER BY "uuid" FOR NO KEY UPDATE;
	UPDATE "Resource" r SET "currentUsages" = r."currentUsages" - derived."names" || derived."usages", "modified" = coalesce("at", r."modified")
	FROM (
		SELECT touched."resource", array_agg(touched."name") AS "names",
			coalesce(jsonb_object_agg(touched."name", trim_scale(latest."usage")::text) FILTER (WHERE latest."usage" IS NOT NULL), '{}') AS "usages"
		FROM unnest("resources", "types") touched ("resource", "name") LEFT JOIN LATERAL (
			SELECT u."usage" FROM "ComponentUsage" u
			WHERE u."resourceUuid" = touched."resource" AND u."type" = touched."name" ORDER BY u."billingPeriod" DESC LIMIT 1
		) latest ON true
		GROUP BY touched."resource"
	) derived
	WHERE r."uuid" = derived."resource" AND r."currentUsages" <> r."currentUsages" - derived."names" || derived."usages";
END
$$;

-- For records that a statement adds or removes. Who removes them knows when: their resource's `modified` is written there.
CREATE FUNCTION "deriveOfTouched"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM "deriveCurrentUsages"(array_agg("resourceUuid"), array_agg("type"), CASE TG_OP WHEN 'INSERT' THEN max("at") END)
	FROM (SELECT "resourceUuid", "type"::text, max("modified") AS "at" FROM "touched" GROUP BY 1, 2) pairs HAVING count(*) > 0;
	RETURN NULL;
END
$$;

-- For records that a statement changes, as far as current usages depend on it.
CREATE FUNCTION "deriveOfChanged"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM "deriveCurrentUsages"(array_agg("resourceUuid"), array_agg("type"), (SELECT max("modified") FROM "changed"))
	FROM (
		SELECT DISTINCT "resourceUuid", "type"::text FROM (
			(SELECT "resourceUuid", "type", "billingPeriod", "usage" FROM "changed" EXCEPT SELECT "resourceUuid", "type", "billingPeriod", "usage" FROM "original")
			UNION ALL
			(SELECT "resourceUuid", "type", "billingPeriod", "usage" FROM "original" EXCEPT SELECT "resourceUuid", "type", "billingPeriod", "usage" FROM "changed")
		) moved
	) pairs HAVING count(*) > 0;
	RETURN NULL;
END
$$;

-- After those that count totals, which run first by their names: everyone locks totals, then resources.
CREATE TRIGGER "takeAdded" AFTER INSERT ON "ComponentUsage" REFERENCING NEW TABLE AS "touched"
	FOR EACH STATEMENT EXECUTE FUNCTION "deriveOfTouched"();
CREATE TRIGGER "takeRemoved" AFTER DELETE ON "ComponentUsage" REFERENCING OLD TABLE AS "touched"
	FOR EACH STATEMENT EXECUTE FUNCTION "deriveOfTouched"();
CREATE TRIGGER "takeChanged" AFTER UPDATE ON "ComponentUsage" REFERENCING OLD TABLE AS "original" NEW TABLE AS "changed"
	FOR EACH STATEMENT EXECUTE FUNCTION "deriveOfChanged"();

-- What is stored already is derived after the start, in small steps (src/database/current-usages-job.ts): until then a resource
-- of which nothing is written shows what it showed before.
