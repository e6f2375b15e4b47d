-- CreateIndex
CREATE INDEX "ComponentUsage_billingPeriod_date_type_uuid_idx" ON "ComponentUsage"("billingPeriod", "date" DESC, "type", "uuid");

-- CreateIndex
CREATE INDEX "OfferingUser_username_idx" ON "OfferingUser"("username");
