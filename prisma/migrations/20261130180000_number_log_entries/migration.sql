-- Entries get dense numbers after they are committed: a position in the log waits for nobody else's transaction, and is
-- recognised by the bits that were drawn with it, whatever server the database is restored or promoted to.

-- CreateTable
CREATE TABLE "LogNumber" (
    "number" BIGINT NOT NULL,
    "entryId" BIGINT NOT NULL,
    "mark" BIGINT NOT NULL,

    CONSTRAINT "LogNumber_pkey" PRIMARY KEY ("number")
);

-- CreateIndex
CREATE UNIQUE INDEX "LogNumber_entryId_key" ON "LogNumber"("entryId");

-- CreateTable
CREATE TABLE "LogHead" (
    "only" BOOLEAN NOT NULL DEFAULT true,
    "last" BIGINT NOT NULL DEFAULT 0,
    "mark" BIGINT NOT NULL DEFAULT 0,
    "pruned" BIGINT NOT NULL DEFAULT 0,
    "high" BIGINT NOT NULL DEFAULT 0,
    "holes" int8multirange NOT NULL DEFAULT '{}'::int8multirange,
    "settleId" BIGINT,
    "settleXid" BIGINT,
    "key" BYTEA NOT NULL DEFAULT decode(md5((gen_random_uuid())::text), 'hex'::text),

    CONSTRAINT "LogHead_pkey" PRIMARY KEY ("only")
);

-- There is one head.
ALTER TABLE "LogHead" ADD CONSTRAINT "LogHead_only_check" CHECK ("only");
INSERT INTO "LogHead" DEFAULT VALUES;

-- What an entry is about may be deleted: the entry stays, so that the log has no gaps.
ALTER TABLE "LogEntry" DROP CONSTRAINT IF EXISTS "LogEntry_policyFiringUuid_fkey";
ALTER TABLE "LogEntry" DROP CONSTRAINT IF EXISTS "LogEntry_componentUsageUuid_fkey";

-- Gives the next numbers to entries that are committed, at most so many, and returns to how many; -1 when somebody else does
-- so at the moment. Order matters here:
-- * The search is a statement of its own after the lock: its snapshot sees what the holder before has numbered. It is one
--   statement for holes and new entries: with two, the second of two turns of one policy could come first.
-- * Holes are ids that were drawn and are not visible yet: their transactions are open, or were rolled back. They are settled
--   once every transaction is over that had begun when the numbering after the one that saw them began. Whoever appends has a
--   transaction id before it draws an entry's id, and the sequence caches none.
-- * Without statistics a comparison of ids is planned as a scan of the whole log.
CREATE FUNCTION "number_log_entries"("most" INTEGER) RETURNS INTEGER
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off
AS $$
DECLARE
	head "LogHead"%ROWTYPE;
	ids BIGINT[];
	top BIGINT;
	is_settled BOOLEAN;
BEGIN
	IF pg_current_xact_id_if_assigned() IS NOT NULL OR current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'Entries are numbered in a transaction of their own that reads what is committed.';
	END IF;
	SELECT * INTO head FROM "LogHead" FOR UPDATE SKIP LOCKED;
	IF NOT FOUND THEN
		RETURN -1;
	END IF;
	is_settled := head."settleXid" IS NOT NULL AND (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint > head."settleXid";

	SELECT array_agg("id" ORDER BY "id") INTO ids FROM (
		SELECT "id" FROM (
			(
				SELECT e."id" FROM unnest(head."holes") hole CROSS JOIN LATERAL (
					SELECT l."id" FROM "LogEntry" l WHERE l."id" >= lower(hole) AND l."id" < upper(hole) ORDER BY l."id" LIMIT "most"
				) e
			)
			UNION ALL
			(SELECT l."id" FROM "LogEntry" l WHERE l."id" > head."high" ORDER BY l."id" LIMIT "most")
		) pending ORDER BY "id" LIMIT "most"
	) next;

	IF ids IS NULL AND NOT is_settled AND (isempty(head."holes") OR head."settleXid" IS NOT NULL) THEN
		RETURN 0;
	END IF;
	top := greatest(head."high", coalesce(ids[cardinality(ids)], 0));
	IF ids IS NOT NULL THEN
		head."holes" := head."holes"
			+ int8multirange(int8range(head."high" + 1, top + 1))
			- (SELECT range_agg(int8range(id, id + 1)) FROM unnest(ids) id);
		INSERT INTO "LogNumber" ("number", "entryId", "mark")
		SELECT head."last" + place, id, ('x' || left(md5(gen_random_uuid()::text), 16))::bit(64)::bigint
		FROM unnest(ids) WITH ORDINALITY entry (id, place);
		head."last" := head."last" + cardinality(ids);
		SELECT "mark" INTO head."mark" FROM "LogNumber" WHERE "number" = head."last";
		PERFORM pg_notify('usage_gateway_log', 'numbered');
	END IF;
	-- Only a search that came to its end has seen all holes that are visible.
	IF is_settled AND coalesce(cardinality(ids), 0) < "most" THEN
		head."holes" := head."holes" - int8multirange(int8range(0, head."settleId" + 1));
		head."settleId" := NULL;
		head."settleXid" := NULL;
	END IF;
	-- A database that was restored may have a mark that its transactions come to much later, or never.
	IF NOT isempty(head."holes") AND (head."settleXid" IS NULL OR head."settleXid" > (pg_current_xact_id()::text)::bigint) THEN
		head."settleId" := head."high";
		head."settleXid" := (pg_current_xact_id()::text)::bigint;
	END IF;
	UPDATE "LogHead" SET
		"last" = head."last", "mark" = head."mark", "high" = top, "holes" = head."holes", "settleId" = head."settleId", "settleXid" = head."settleXid";
	RETURN coalesce(cardinality(ids), 0);
END
$$;
