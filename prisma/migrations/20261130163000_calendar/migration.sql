-- CreateTable
CREATE TABLE "Calendar" (
    "only" BOOLEAN NOT NULL DEFAULT true,
    "timeZone" TEXT,
    "reached" TIMESTAMPTZ(3),

    CONSTRAINT "Calendar_pkey" PRIMARY KEY ("only")
);

-- There is one calendar.
ALTER TABLE "Calendar" ADD CONSTRAINT "Calendar_only_check" CHECK ("only");

-- A database that was in use before knows when: the next start is compared with that. Its time zone is the one of that start.
-- Turns of months are left out: they could be made for a moment to come.
INSERT INTO "Calendar" ("only", "reached")
SELECT true, reached FROM (
	SELECT greatest(
		(SELECT max("created") FROM "LogEntry"),
		(SELECT max("created") FROM "IdempotencyKey")
	) AS reached
) known WHERE reached IS NOT NULL;
