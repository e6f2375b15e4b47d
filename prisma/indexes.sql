-- Indexes over tables that may be large: built as jobs after the start (src/database/index-builds.ts), and not by migrations,
-- which would hold up every writer meanwhile. While one is missing, answers are the same and take longer: none of these is
-- unique. A statement for each; an index that is no longer wanted is removed from here, and dropped by a migration.

-- Lists of one calendar year, and of one calendar month of any year, in the order of the list. Expressions are not in schema.prisma.
CREATE INDEX "ComponentUsage_year_date_type_uuid_idx" ON "ComponentUsage" (date_part('year', "billingPeriod"), "date" DESC, "type", "uuid");
CREATE INDEX "ComponentUsage_month_date_type_uuid_idx" ON "ComponentUsage" (date_part('month', "billingPeriod"), "date" DESC, "type", "uuid");

-- Usernames by a piece of them.
CREATE INDEX "Username_trigrams_idx" ON "Username" USING GIN ("trigrams");

-- The firings of one kind; and of a policy, whether it is there or was deleted.
CREATE INDEX "PolicyFiring_kind_created_number_idx" ON "PolicyFiring" ("kind", "created" DESC, "number" DESC);
CREATE INDEX "PolicyFiring_policy_idx" ON "PolicyFiring" (coalesce("policyUuid", "deletedPolicyUuid"), "created" DESC, "number" DESC);

-- The deliveries to one Waldur in a state, which are counted, and the one that has waited longest.
CREATE INDEX "WaldurDelivery_sourceId_state_queued_idx" ON "WaldurDelivery" ("sourceId", "state", "queued");

-- Resources by what the provider's own system calls them.
CREATE INDEX "Resource_backendId_idx" ON "Resource" ("backendId");

-- Names of what is listed, by a piece of them.
CREATE INDEX "SearchedName_trigrams_idx" ON "SearchedName" USING GIN ("trigrams");

-- Customers and projects by when they were created, and limits by what they are.
CREATE INDEX "Customer_created_uuid_idx" ON "Customer" ("created", "uuid");
CREATE INDEX "Project_created_uuid_idx" ON "Project" ("created", "uuid");
CREATE INDEX "ComponentUserUsageLimit_limit_uuid_idx" ON "ComponentUserUsageLimit" ("limit", "uuid");

-- Totals of what a customer consumed, or a provider's offerings, in some months: read from the index alone, for the records of a
-- month are all over the table. schema.prisma has no INCLUDE: it names all columns as if they were of the key.
CREATE INDEX "ComponentUsage_totals_of_customer_idx" ON "ComponentUsage" ("customerUuid", "billingPeriod") INCLUDE ("componentUuid", "offeringUuid", "projectUuid", "usage", "projectIsRemoved");
CREATE INDEX "ComponentUsage_totals_of_offering_idx" ON "ComponentUsage" ("offeringUuid", "billingPeriod") INCLUDE ("componentUuid", "customerUuid", "projectUuid", "usage", "projectIsRemoved");
