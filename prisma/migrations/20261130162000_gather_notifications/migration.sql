-- One open message for each policy and recipient, which later firings are added to, instead of one for each firing.

-- A new enumeration instead of a new value: a transaction cannot use a value that it adds.
CREATE TYPE "NotificationState_new" AS ENUM ('PENDING', 'SENT', 'FAILED', 'EXPIRED');
ALTER TABLE "Notification" ALTER COLUMN "state" DROP DEFAULT;
ALTER TABLE "Notification" ALTER COLUMN "state" TYPE "NotificationState_new" USING ("state"::text::"NotificationState_new");
DROP TYPE "NotificationState";
ALTER TYPE "NotificationState_new" RENAME TO "NotificationState";
ALTER TABLE "Notification" ALTER COLUMN "state" SET DEFAULT 'PENDING';

-- AlterTable
ALTER TABLE "Notification" ADD COLUMN     "firings" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "offeringUuid" UUID,
ADD COLUMN     "policyUuid" UUID,
ADD COLUMN     "queued" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- What is stored already.
UPDATE "Notification" n SET "offeringUuid" = f."offeringUuid", "policyUuid" = f."policyUuid", "queued" = n."created"
FROM "PolicyFiring" f WHERE f."uuid" = n."firingUuid";
ALTER TABLE "Notification" ALTER COLUMN "offeringUuid" SET NOT NULL;

-- Of the open messages of a policy to one recipient, the oldest tells of all of them.
WITH "open" AS (
	SELECT "uuid", row_number() OVER same AS "place", count(*) OVER (PARTITION BY "policyUuid", lower("recipient")) AS "firings"
	FROM "Notification" WHERE "state" = 'PENDING' AND "policyUuid" IS NOT NULL
	WINDOW same AS (PARTITION BY "policyUuid", lower("recipient") ORDER BY "created", "uuid")
)
UPDATE "Notification" n SET
	"state" = CASE WHEN "open"."place" = 1 THEN 'PENDING' ELSE 'EXPIRED' END::"NotificationState",
	"error" = CASE WHEN "open"."place" = 1 THEN n."error" ELSE 'An earlier message of the policy tells of it.' END,
	"firings" = CASE WHEN "open"."place" = 1 THEN "open"."firings" ELSE n."firings" END
FROM "open" WHERE "open"."uuid" = n."uuid" AND "open"."firings" > 1;

-- CreateIndex
CREATE INDEX "Notification_state_created_uuid_idx" ON "Notification"("state", "created" DESC, "uuid");

-- CreateIndex
CREATE INDEX "Notification_offeringUuid_created_uuid_idx" ON "Notification"("offeringUuid", "created" DESC, "uuid");

-- CreateIndex
CREATE INDEX "Notification_policyUuid_created_uuid_idx" ON "Notification"("policyUuid", "created" DESC, "uuid");

-- CreateIndex
CREATE INDEX "Notification_created_uuid_idx" ON "Notification"("created" DESC, "uuid");

-- AddForeignKey
ALTER TABLE "Notification" ADD CONSTRAINT "Notification_offeringUuid_fkey" FOREIGN KEY ("offeringUuid") REFERENCES "Offering"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Notification" ADD CONSTRAINT "Notification_policyUuid_fkey" FOREIGN KEY ("policyUuid") REFERENCES "OfferingUsagePolicy"("uuid") ON DELETE SET NULL ON UPDATE CASCADE;

-- One open message for each policy and recipient, however writers race.
CREATE UNIQUE INDEX "Notification_open_key" ON "Notification"("policyUuid", lower("recipient")) WHERE "state" = 'PENDING';

-- When a recipient was last mailed about a policy.
CREATE INDEX "Notification_sent_idx" ON "Notification"("policyUuid", lower("recipient"), "sent") WHERE "state" = 'SENT';

-- A row changes with each firing that is added, and no index holds what that changes: it stays in its page while that has room.
ALTER TABLE "Notification" SET (fillfactor = 50);

-- Where a notification belongs follows from its firing: also when a version that does not know these columns writes it.
CREATE FUNCTION "placeNotification"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	SELECT "offeringUuid", "policyUuid" INTO NEW."offeringUuid", NEW."policyUuid" FROM "PolicyFiring" WHERE "uuid" = NEW."firingUuid";
	RETURN NEW;
END
$$;

CREATE TRIGGER "placeNotification" BEFORE INSERT ON "Notification"
	FOR EACH ROW WHEN (NEW."offeringUuid" IS NULL) EXECUTE FUNCTION "placeNotification"();
