-- A policy that is deleted while it is fired leaves a last firing. No statement of this transaction may name the new value.
ALTER TYPE "PolicyFiringKind" ADD VALUE 'WITHDRAWN';

-- AlterTable
ALTER TABLE "PolicyFiring" ADD COLUMN     "deletedPolicyUuid" UUID;

-- CreateTable
CREATE TABLE "DeletedPolicy" (
    "uuid" UUID NOT NULL,
    "offeringUuid" UUID NOT NULL,
    "applyToAll" BOOLEAN NOT NULL,
    "organizationGroupUuids" UUID[],
    "deleted" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "DeletedPolicy_pkey" PRIMARY KEY ("uuid")
);

-- CreateIndex
CREATE INDEX "DeletedPolicy_offeringUuid_idx" ON "DeletedPolicy"("offeringUuid");

-- AddForeignKey
ALTER TABLE "DeletedPolicy" ADD CONSTRAINT "DeletedPolicy_offeringUuid_fkey" FOREIGN KEY ("offeringUuid") REFERENCES "Offering"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;
