-- Lists of one calendar year, and of one calendar month of any year, in the order of the list. Expressions are not in schema.prisma.
CREATE INDEX IF NOT EXISTS "ComponentUsage_year_date_type_uuid_idx" ON "ComponentUsage" (date_part('year', "billingPeriod"), "date" DESC, "type", "uuid");
CREATE INDEX IF NOT EXISTS "ComponentUsage_month_date_type_uuid_idx" ON "ComponentUsage" (date_part('month', "billingPeriod"), "date" DESC, "type", "uuid");
