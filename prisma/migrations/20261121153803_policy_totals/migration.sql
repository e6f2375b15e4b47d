-- CreateTable
CREATE TABLE "ComponentTotal" (
    "componentUuid" UUID NOT NULL,
    "customerUuid" UUID,
    "billingPeriod" DATE NOT NULL,
    "used" DECIMAL(40,2) NOT NULL
);

-- CreateIndex
CREATE INDEX "ComponentTotal_customerUuid_idx" ON "ComponentTotal"("customerUuid");

-- CreateIndex
CREATE UNIQUE INDEX "ComponentTotal_componentUuid_customerUuid_billingPeriod_key" ON "ComponentTotal"("componentUuid", "customerUuid", "billingPeriod") NULLS NOT DISTINCT;

-- AddForeignKey
ALTER TABLE "ComponentTotal" ADD CONSTRAINT "ComponentTotal_componentUuid_fkey" FOREIGN KEY ("componentUuid") REFERENCES "OfferingComponent"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ComponentTotal" ADD CONSTRAINT "ComponentTotal_customerUuid_fkey" FOREIGN KEY ("customerUuid") REFERENCES "Customer"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- A total changes with every report, and no index holds what it was: its row stays in its page while that has room.
ALTER TABLE "ComponentTotal" SET (fillfactor = 50);

-- Nothing CHECKs that a total is at least 0: what a correction takes off is proposed as a row before it is added to the one
-- that is there. It follows from ComponentUsage_usage_check: a total is a sum of usages, and these are.
ALTER TABLE "ComponentTotal" ADD CONSTRAINT "ComponentTotal_billingPeriod_check" CHECK ("billingPeriod" = 'infinity' OR extract(day FROM "billingPeriod") = 1);

-- The customers that no policy counts are few: they are found without looking at the others.
CREATE INDEX "Customer_not_counted_idx" ON "Customer"("uuid") WHERE "blocked" OR "archived";

-- Records that a statement adds count in the totals of their month and of all months, of their customer and of all
-- customers; those that it removes count no more. In the order of the key: of two that meet the same totals, one waits for
-- the other.
CREATE FUNCTION "countComponentUsages"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO "ComponentTotal" AS total ("componentUuid", "customerUuid", "billingPeriod", "used")
	SELECT "componentUuid", "customerUuid", coalesce("billingPeriod", 'infinity'), sum(CASE TG_OP WHEN 'INSERT' THEN "usage" ELSE -"usage" END)
	FROM "counted" GROUP BY "componentUuid", CUBE ("customerUuid", "billingPeriod")
	HAVING sum("usage") <> 0 AND (
		-- A component or a customer that the same statement deletes takes its totals with it.
		TG_OP = 'INSERT' OR EXISTS (SELECT FROM "OfferingComponent" WHERE "uuid" = "counted"."componentUuid")
			AND ("customerUuid" IS NULL OR EXISTS (SELECT FROM "Customer" WHERE "uuid" = "counted"."customerUuid"))
	)
	ORDER BY 1, 2, 3
	ON CONFLICT ("componentUuid", "customerUuid", "billingPeriod") DO UPDATE SET "used" = total."used" + excluded."used";
	RETURN NULL;
END
$$;

-- The same for records that a statement changes: what they say now counts instead of what they said. Totals that this does
-- not change are not touched.
CREATE FUNCTION "recountComponentUsages"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO "ComponentTotal" AS total ("componentUuid", "customerUuid", "billingPeriod", "used")
	SELECT "componentUuid", "customerUuid", coalesce("billingPeriod", 'infinity'), sum("used")
	FROM (
		SELECT "componentUuid", "customerUuid", "billingPeriod", "usage" AS "used" FROM "changed"
		UNION ALL SELECT "componentUuid", "customerUuid", "billingPeriod", -"usage" FROM "original"
	) moved
	GROUP BY "componentUuid", CUBE ("customerUuid", "billingPeriod") HAVING sum("used") <> 0
	ORDER BY 1, 2, 3
	ON CONFLICT ("componentUuid", "customerUuid", "billingPeriod") DO UPDATE SET "used" = total."used" + excluded."used";
	RETURN NULL;
END
$$;

CREATE FUNCTION "forgetComponentTotals"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM "ComponentTotal";
	RETURN NULL;
END
$$;

CREATE TRIGGER "countAdded" AFTER INSERT ON "ComponentUsage" REFERENCING NEW TABLE AS "counted"
	FOR EACH STATEMENT EXECUTE FUNCTION "countComponentUsages"();
CREATE TRIGGER "countRemoved" AFTER DELETE ON "ComponentUsage" REFERENCING OLD TABLE AS "counted"
	FOR EACH STATEMENT EXECUTE FUNCTION "countComponentUsages"();
CREATE TRIGGER "recountChanged" AFTER UPDATE ON "ComponentUsage" REFERENCING OLD TABLE AS "original" NEW TABLE AS "changed"
	FOR EACH STATEMENT EXECUTE FUNCTION "recountComponentUsages"();
CREATE TRIGGER "forgetAll" AFTER TRUNCATE ON "ComponentUsage"
	FOR EACH STATEMENT EXECUTE FUNCTION "forgetComponentTotals"();

-- What is stored already. The triggers hold off those who write meanwhile.
INSERT INTO "ComponentTotal" ("componentUuid", "customerUuid", "billingPeriod", "used")
SELECT "componentUuid", "customerUuid", coalesce("billingPeriod", 'infinity'), sum("usage")
FROM "ComponentUsage" GROUP BY "componentUuid", CUBE ("customerUuid", "billingPeriod") HAVING sum("usage") <> 0;
ANALYZE "ComponentTotal";
