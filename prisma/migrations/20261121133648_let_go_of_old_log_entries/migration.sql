-- DropIndex
DROP INDEX "PolicyFiring_created_uuid_idx";

-- DropIndex
DROP INDEX "PolicyFiring_offeringUuid_created_uuid_idx";

-- DropIndex
DROP INDEX "PolicyFiring_policyUuid_created_uuid_idx";

-- AlterTable
ALTER TABLE "PolicyFiring" ADD COLUMN     "number" BIGSERIAL NOT NULL;

-- CreateTable
CREATE TABLE "LogHorizon" (
    "only" BOOLEAN NOT NULL DEFAULT true,
    "xid" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,

    CONSTRAINT "LogHorizon_pkey" PRIMARY KEY ("only")
);

-- CreateIndex
CREATE UNIQUE INDEX "PolicyFiring_number_key" ON "PolicyFiring"("number");

-- CreateIndex
CREATE INDEX "PolicyFiring_policyUuid_created_number_idx" ON "PolicyFiring"("policyUuid", "created" DESC, "number" DESC);

-- CreateIndex
CREATE INDEX "PolicyFiring_offeringUuid_created_number_idx" ON "PolicyFiring"("offeringUuid", "created" DESC, "number" DESC);

-- CreateIndex
CREATE INDEX "PolicyFiring_created_number_idx" ON "PolicyFiring"("created" DESC, "number" DESC);

-- There is one horizon.
ALTER TABLE "LogHorizon" ADD CONSTRAINT "LogHorizon_only_check" CHECK ("only");
