-- DropIndex
DROP INDEX "Notification_state_created_idx";

-- AlterTable
ALTER TABLE "Notification" ADD COLUMN     "due" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateTable
CREATE TABLE "IdempotencyKey" (
    "callerUuid" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "content" BYTEA NOT NULL,
    "answer" JSONB NOT NULL,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "IdempotencyKey_pkey" PRIMARY KEY ("callerUuid","key")
);

-- CreateTable
CREATE TABLE "MonthTurn" (
    "offeringUuid" UUID NOT NULL,
    "billingPeriod" DATE NOT NULL,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "MonthTurn_pkey" PRIMARY KEY ("offeringUuid","billingPeriod")
);

-- CreateIndex
CREATE INDEX "IdempotencyKey_created_idx" ON "IdempotencyKey"("created");

-- CreateIndex
CREATE INDEX "Notification_firingUuid_created_uuid_idx" ON "Notification"("firingUuid", "created", "uuid");

-- CreateIndex
CREATE INDEX "Notification_state_due_idx" ON "Notification"("state", "due");

-- AddForeignKey
ALTER TABLE "IdempotencyKey" ADD CONSTRAINT "IdempotencyKey_callerUuid_fkey" FOREIGN KEY ("callerUuid") REFERENCES "User"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MonthTurn" ADD CONSTRAINT "MonthTurn_offeringUuid_fkey" FOREIGN KEY ("offeringUuid") REFERENCES "Offering"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- Constraints that the Prisma schema cannot express.

ALTER TABLE "IdempotencyKey" ADD CONSTRAINT "IdempotencyKey_key_check" CHECK ("key" <> '' AND length("key") <= 255);
ALTER TABLE "MonthTurn" ADD CONSTRAINT "MonthTurn_billingPeriod_check" CHECK (extract(day FROM "billingPeriod") = 1);
