-- CreateEnum
CREATE TYPE "DeliveryState" AS ENUM ('PENDING', 'SENT', 'FAILED');

-- AlterTable
ALTER TABLE "Category" ADD COLUMN     "sourceId" SMALLINT;

-- AlterTable
ALTER TABLE "ComponentUsage" ADD COLUMN     "sourceId" SMALLINT;

-- AlterTable
ALTER TABLE "ComponentUserUsage" ADD COLUMN     "sourceId" SMALLINT;

-- AlterTable
ALTER TABLE "ComponentUserUsageLimit" ADD COLUMN     "sourceId" SMALLINT;

-- AlterTable
ALTER TABLE "Customer" ADD COLUMN     "sourceId" SMALLINT;

-- AlterTable
ALTER TABLE "CustomerQuota" ADD COLUMN     "sourceId" SMALLINT;

-- AlterTable
ALTER TABLE "CustomerRole" ADD COLUMN     "sourceId" SMALLINT;

-- AlterTable
ALTER TABLE "Offering" ADD COLUMN     "sourceId" SMALLINT;

-- AlterTable
ALTER TABLE "OfferingRole" ADD COLUMN     "sourceId" SMALLINT;

-- AlterTable
ALTER TABLE "OfferingUsagePolicy" ADD COLUMN     "sourceId" SMALLINT;

-- AlterTable
ALTER TABLE "OfferingUser" ADD COLUMN     "sourceId" SMALLINT;

-- AlterTable
ALTER TABLE "OrganizationGroup" ADD COLUMN     "sourceId" SMALLINT;

-- AlterTable
ALTER TABLE "Project" ADD COLUMN     "sourceId" SMALLINT;

-- AlterTable
ALTER TABLE "ProjectRole" ADD COLUMN     "sourceId" SMALLINT;

-- AlterTable
ALTER TABLE "Resource" ADD COLUMN     "sourceId" SMALLINT;

-- AlterTable
ALTER TABLE "ResourcePlanPeriod" ADD COLUMN     "sourceId" SMALLINT;

-- AlterTable
ALTER TABLE "User" ADD COLUMN     "sourceId" SMALLINT;

-- CreateTable
CREATE TABLE "Source" (
    "id" SMALLSERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Source_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WaldurDelivery" (
    "id" BIGSERIAL NOT NULL,
    "sourceId" SMALLINT NOT NULL,
    "laneUuid" UUID NOT NULL,
    "componentUsageUuid" UUID,
    "componentUserUsageUuid" UUID,
    "userLimitUuid" UUID,
    "policyUuid" UUID,
    "deletedPath" TEXT,
    "state" "DeliveryState" NOT NULL DEFAULT 'PENDING',
    "version" INTEGER NOT NULL DEFAULT 1,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "sent" TIMESTAMPTZ(3),
    "due" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "queued" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "WaldurDelivery_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Source_name_key" ON "Source"("name");

-- CreateIndex
CREATE UNIQUE INDEX "WaldurDelivery_componentUsageUuid_key" ON "WaldurDelivery"("componentUsageUuid");

-- CreateIndex
CREATE UNIQUE INDEX "WaldurDelivery_componentUserUsageUuid_key" ON "WaldurDelivery"("componentUserUsageUuid");

-- CreateIndex
CREATE UNIQUE INDEX "WaldurDelivery_userLimitUuid_key" ON "WaldurDelivery"("userLimitUuid");

-- CreateIndex
CREATE UNIQUE INDEX "WaldurDelivery_policyUuid_key" ON "WaldurDelivery"("policyUuid");

-- CreateIndex
CREATE INDEX "WaldurDelivery_state_due_idx" ON "WaldurDelivery"("state", "due");

-- CreateIndex
CREATE INDEX "WaldurDelivery_laneUuid_state_queued_id_idx" ON "WaldurDelivery"("laneUuid", "state", "queued", "id");

-- CreateIndex
CREATE INDEX "WaldurDelivery_deletedPath_idx" ON "WaldurDelivery"("deletedPath");

-- AddForeignKey
ALTER TABLE "WaldurDelivery" ADD CONSTRAINT "WaldurDelivery_componentUsageUuid_fkey" FOREIGN KEY ("componentUsageUuid") REFERENCES "ComponentUsage"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WaldurDelivery" ADD CONSTRAINT "WaldurDelivery_componentUserUsageUuid_fkey" FOREIGN KEY ("componentUserUsageUuid") REFERENCES "ComponentUserUsage"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WaldurDelivery" ADD CONSTRAINT "WaldurDelivery_userLimitUuid_fkey" FOREIGN KEY ("userLimitUuid") REFERENCES "ComponentUserUsageLimit"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WaldurDelivery" ADD CONSTRAINT "WaldurDelivery_policyUuid_fkey" FOREIGN KEY ("policyUuid") REFERENCES "OfferingUsagePolicy"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;
