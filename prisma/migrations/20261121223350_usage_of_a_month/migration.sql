-- DropIndex
DROP INDEX "ComponentUsage_resourceUuid_componentUuid_billingPeriod_key";

-- CreateIndex
CREATE UNIQUE INDEX "ComponentUsage_resourceUuid_billingPeriod_componentUuid_key" ON "ComponentUsage"("resourceUuid", "billingPeriod", "componentUuid");
