-- Offerings that are not for everybody, and offerings and plans for the customers of some groups. What is stored already counts
-- as shared until the next import. The default is not written into the rows: no table is rewritten.
-- AlterTable
ALTER TABLE "Offering" ADD COLUMN     "shared" BOOLEAN NOT NULL DEFAULT true;

-- AlterTable
ALTER TABLE "Plan" ADD COLUMN     "shared" BOOLEAN NOT NULL DEFAULT true;

-- CreateTable
CREATE TABLE "OfferingOrganizationGroup" (
    "offeringUuid" UUID NOT NULL,
    "organizationGroupUuid" UUID NOT NULL,

    CONSTRAINT "OfferingOrganizationGroup_pkey" PRIMARY KEY ("offeringUuid","organizationGroupUuid")
);

-- CreateTable
CREATE TABLE "PlanOrganizationGroup" (
    "planUuid" UUID NOT NULL,
    "organizationGroupUuid" UUID NOT NULL,

    CONSTRAINT "PlanOrganizationGroup_pkey" PRIMARY KEY ("planUuid","organizationGroupUuid")
);

-- CreateIndex
CREATE INDEX "OfferingOrganizationGroup_organizationGroupUuid_idx" ON "OfferingOrganizationGroup"("organizationGroupUuid");

-- CreateIndex
CREATE INDEX "PlanOrganizationGroup_organizationGroupUuid_idx" ON "PlanOrganizationGroup"("organizationGroupUuid");

-- AddForeignKey
ALTER TABLE "OfferingOrganizationGroup" ADD CONSTRAINT "OfferingOrganizationGroup_offeringUuid_fkey" FOREIGN KEY ("offeringUuid") REFERENCES "Offering"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OfferingOrganizationGroup" ADD CONSTRAINT "OfferingOrganizationGroup_organizationGroupUuid_fkey" FOREIGN KEY ("organizationGroupUuid") REFERENCES "OrganizationGroup"("uuid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PlanOrganizationGroup" ADD CONSTRAINT "PlanOrganizationGroup_planUuid_fkey" FOREIGN KEY ("planUuid") REFERENCES "Plan"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PlanOrganizationGroup" ADD CONSTRAINT "PlanOrganizationGroup_organizationGroupUuid_fkey" FOREIGN KEY ("organizationGroupUuid") REFERENCES "OrganizationGroup"("uuid") ON DELETE RESTRICT ON UPDATE CASCADE;

