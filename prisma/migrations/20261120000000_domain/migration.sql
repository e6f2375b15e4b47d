-- CreateEnum
CREATE TYPE "CustomerRoleName" AS ENUM ('OWNER', 'MANAGER', 'SUPPORT');

-- CreateEnum
CREATE TYPE "ProjectRoleName" AS ENUM ('ADMIN', 'MANAGER', 'MEMBER');

-- CreateEnum
CREATE TYPE "OfferingRoleName" AS ENUM ('MANAGER');

-- CreateEnum
CREATE TYPE "OfferingState" AS ENUM ('DRAFT', 'ACTIVE', 'PAUSED', 'ARCHIVED');

-- CreateEnum
CREATE TYPE "BillingType" AS ENUM ('FIXED', 'USAGE', 'LIMIT', 'ONE_TIME', 'ON_PLAN_SWITCH');

-- CreateEnum
CREATE TYPE "LimitPeriod" AS ENUM ('MONTH', 'QUARTERLY', 'ANNUAL', 'TOTAL');

-- CreateEnum
CREATE TYPE "ResourceState" AS ENUM ('CREATING', 'OK', 'ERRED', 'UPDATING', 'TERMINATING', 'TERMINATED');

-- CreateEnum
CREATE TYPE "PolicyAction" AS ENUM ('NOTIFY_ORGANIZATION_OWNERS', 'NOTIFY_EXTERNAL_USER', 'BLOCK_CREATION_OF_NEW_RESOURCES');

-- CreateEnum
CREATE TYPE "PolicyPeriod" AS ENUM ('TOTAL', 'ONE_MONTH', 'THREE_MONTHS', 'TWELVE_MONTHS');

-- CreateEnum
CREATE TYPE "PolicyFiringKind" AS ENUM ('FIRED', 'RESET');

-- CreateEnum
CREATE TYPE "NotificationState" AS ENUM ('PENDING', 'SENT', 'FAILED');

-- CreateEnum
CREATE TYPE "QuotaName" AS ENUM ('NC_PROJECT_COUNT', 'NC_USER_COUNT', 'NC_RESOURCE_COUNT', 'OS_CPU_COUNT', 'OS_RAM_SIZE', 'OS_STORAGE_SIZE', 'VPC_CPU_COUNT', 'VPC_RAM_SIZE', 'VPC_STORAGE_SIZE', 'VPC_FLOATING_IP_COUNT', 'VPC_INSTANCE_COUNT', 'ESTIMATED_PRICE');

-- CreateTable
CREATE TABLE "Customer" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "abbreviation" TEXT NOT NULL DEFAULT '',
    "blocked" BOOLEAN NOT NULL DEFAULT false,
    "archived" BOOLEAN NOT NULL DEFAULT false,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Customer_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "OrganizationGroup" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "parentUuid" UUID,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "OrganizationGroup_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "CustomerOrganizationGroup" (
    "customerUuid" UUID NOT NULL,
    "organizationGroupUuid" UUID NOT NULL,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "CustomerOrganizationGroup_pkey" PRIMARY KEY ("customerUuid","organizationGroupUuid")
);

-- CreateTable
CREATE TABLE "Project" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "customerUuid" UUID NOT NULL,
    "isRemoved" BOOLEAN NOT NULL DEFAULT false,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Project_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "User" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "username" TEXT NOT NULL,
    "fullName" TEXT NOT NULL DEFAULT '',
    "email" TEXT NOT NULL DEFAULT '',
    "isStaff" BOOLEAN NOT NULL DEFAULT false,
    "isSupport" BOOLEAN NOT NULL DEFAULT false,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "User_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "Token" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "userUuid" UUID NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "hash" CHAR(64) NOT NULL,
    "hint" TEXT NOT NULL,
    "expires" TIMESTAMPTZ(3),
    "revoked" TIMESTAMPTZ(3),
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Token_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "CustomerRole" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "userUuid" UUID NOT NULL,
    "customerUuid" UUID NOT NULL,
    "role" "CustomerRoleName" NOT NULL,
    "expires" TIMESTAMPTZ(3),
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "CustomerRole_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "ProjectRole" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "userUuid" UUID NOT NULL,
    "projectUuid" UUID NOT NULL,
    "role" "ProjectRoleName" NOT NULL,
    "expires" TIMESTAMPTZ(3),
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ProjectRole_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "OfferingRole" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "userUuid" UUID NOT NULL,
    "offeringUuid" UUID NOT NULL,
    "role" "OfferingRoleName" NOT NULL,
    "expires" TIMESTAMPTZ(3),
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "OfferingRole_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "Category" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "title" TEXT NOT NULL,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Category_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "CategoryComponent" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "categoryUuid" UUID NOT NULL,
    "type" VARCHAR(50) NOT NULL,
    "name" VARCHAR(150) NOT NULL,
    "measuredUnit" VARCHAR(30) NOT NULL DEFAULT '',
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "CategoryComponent_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "Offering" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "state" "OfferingState" NOT NULL DEFAULT 'DRAFT',
    "providerUuid" UUID NOT NULL,
    "categoryUuid" UUID NOT NULL,
    "pluginOptions" JSONB NOT NULL DEFAULT '{}',
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Offering_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "OfferingComponent" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "offeringUuid" UUID NOT NULL,
    "type" VARCHAR(50) NOT NULL,
    "name" VARCHAR(150) NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "measuredUnit" VARCHAR(30) NOT NULL DEFAULT '',
    "billingType" "BillingType" NOT NULL,
    "limitPeriod" "LimitPeriod",
    "limitAmount" INTEGER,
    "categoryComponentUuid" UUID,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "OfferingComponent_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "Plan" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "offeringUuid" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "unit" TEXT NOT NULL DEFAULT '',
    "unitPrice" DECIMAL(22,10) NOT NULL DEFAULT 0,
    "archived" BOOLEAN NOT NULL DEFAULT false,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Plan_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "PlanComponent" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "planUuid" UUID NOT NULL,
    "componentUuid" UUID NOT NULL,
    "offeringUuid" UUID NOT NULL,
    "amount" DECIMAL(20,2) NOT NULL DEFAULT 0,
    "price" DECIMAL(22,10) NOT NULL DEFAULT 0,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PlanComponent_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "Resource" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "state" "ResourceState" NOT NULL DEFAULT 'CREATING',
    "offeringUuid" UUID NOT NULL,
    "projectUuid" UUID NOT NULL,
    "customerUuid" UUID NOT NULL,
    "planUuid" UUID,
    "limits" JSONB NOT NULL DEFAULT '{}',
    "currentUsages" JSONB NOT NULL DEFAULT '{}',
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Resource_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "ResourcePlanPeriod" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "resourceUuid" UUID NOT NULL,
    "planUuid" UUID NOT NULL,
    "start" TIMESTAMPTZ(3),
    "end" TIMESTAMPTZ(3),
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ResourcePlanPeriod_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "ComponentUsage" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "resourceUuid" UUID NOT NULL,
    "componentUuid" UUID NOT NULL,
    "offeringUuid" UUID NOT NULL,
    "projectUuid" UUID NOT NULL,
    "customerUuid" UUID NOT NULL,
    "type" VARCHAR(50) NOT NULL,
    "usage" DECIMAL(20,2) NOT NULL,
    "date" TIMESTAMPTZ(3) NOT NULL,
    "billingPeriod" DATE NOT NULL,
    "recurring" BOOLEAN NOT NULL DEFAULT false,
    "description" TEXT NOT NULL DEFAULT '',
    "planPeriodUuid" UUID,
    "modifiedByUuid" UUID,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ComponentUsage_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "ComponentUserUsage" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "componentUsageUuid" UUID NOT NULL,
    "username" VARCHAR(100) NOT NULL,
    "usage" DECIMAL(20,2) NOT NULL DEFAULT 0,
    "userUuid" UUID,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ComponentUserUsage_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "OfferingUser" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "offeringUuid" UUID NOT NULL,
    "userUuid" UUID NOT NULL,
    "username" VARCHAR(100),
    "isRestricted" BOOLEAN NOT NULL DEFAULT false,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "OfferingUser_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "ComponentUserUsageLimit" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "resourceUuid" UUID NOT NULL,
    "componentUuid" UUID NOT NULL,
    "userUuid" UUID NOT NULL,
    "offeringUuid" UUID NOT NULL,
    "limit" DECIMAL(20,2) NOT NULL DEFAULT 0,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ComponentUserUsageLimit_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "OfferingUsagePolicy" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "scopeUuid" UUID NOT NULL,
    "actions" "PolicyAction"[],
    "externalUserEmails" TEXT[],
    "applyToAll" BOOLEAN NOT NULL DEFAULT false,
    "period" "PolicyPeriod" NOT NULL DEFAULT 'ONE_MONTH',
    "hasFired" BOOLEAN NOT NULL DEFAULT false,
    "firedDatetime" TIMESTAMPTZ(3),
    "createdByUuid" UUID,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "OfferingUsagePolicy_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "OfferingUsagePolicyGroup" (
    "policyUuid" UUID NOT NULL,
    "organizationGroupUuid" UUID NOT NULL,

    CONSTRAINT "OfferingUsagePolicyGroup_pkey" PRIMARY KEY ("policyUuid","organizationGroupUuid")
);

-- CreateTable
CREATE TABLE "OfferingUsagePolicyComponentLimit" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "policyUuid" UUID NOT NULL,
    "componentUuid" UUID NOT NULL,
    "offeringUuid" UUID NOT NULL,
    "limit" DECIMAL(20,0) NOT NULL,

    CONSTRAINT "OfferingUsagePolicyComponentLimit_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "PolicyFiring" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "policyUuid" UUID,
    "offeringUuid" UUID NOT NULL,
    "kind" "PolicyFiringKind" NOT NULL,
    "windowStart" DATE,
    "windowEnd" DATE NOT NULL,
    "causeUuid" UUID,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PolicyFiring_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "PolicyFiringBreach" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "firingUuid" UUID NOT NULL,
    "componentUuid" UUID NOT NULL,
    "used" DECIMAL NOT NULL,
    "limit" DECIMAL(20,0) NOT NULL,

    CONSTRAINT "PolicyFiringBreach_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "Notification" (
    "uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "firingUuid" UUID NOT NULL,
    "action" "PolicyAction" NOT NULL,
    "recipient" TEXT NOT NULL,
    "state" "NotificationState" NOT NULL DEFAULT 'PENDING',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "sent" TIMESTAMPTZ(3),
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Notification_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "CustomerQuota" (
    "customerUuid" UUID NOT NULL,
    "quotaName" "QuotaName" NOT NULL,
    "value" DECIMAL(30,10) NOT NULL,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "CustomerQuota_pkey" PRIMARY KEY ("customerUuid","quotaName")
);

-- CreateTable
CREATE TABLE "LogEntry" (
    "id" BIGSERIAL NOT NULL,
    "xid" BIGINT NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
    "policyFiringUuid" UUID,
    "componentUsageUuid" UUID,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "LogEntry_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Customer_name_uuid_idx" ON "Customer"("name", "uuid");

-- CreateIndex
CREATE INDEX "OrganizationGroup_parentUuid_idx" ON "OrganizationGroup"("parentUuid");

-- CreateIndex
CREATE INDEX "OrganizationGroup_name_uuid_idx" ON "OrganizationGroup"("name", "uuid");

-- CreateIndex
CREATE INDEX "CustomerOrganizationGroup_organizationGroupUuid_idx" ON "CustomerOrganizationGroup"("organizationGroupUuid");

-- CreateIndex
CREATE INDEX "Project_customerUuid_name_uuid_idx" ON "Project"("customerUuid", "name", "uuid");

-- CreateIndex
CREATE INDEX "Project_name_uuid_idx" ON "Project"("name", "uuid");

-- CreateIndex
CREATE UNIQUE INDEX "Project_uuid_customerUuid_key" ON "Project"("uuid", "customerUuid");

-- CreateIndex
CREATE UNIQUE INDEX "User_username_key" ON "User"("username");

-- CreateIndex
CREATE UNIQUE INDEX "Token_hash_key" ON "Token"("hash");

-- CreateIndex
CREATE INDEX "Token_userUuid_idx" ON "Token"("userUuid");

-- CreateIndex
CREATE INDEX "CustomerRole_customerUuid_role_idx" ON "CustomerRole"("customerUuid", "role");

-- CreateIndex
CREATE UNIQUE INDEX "CustomerRole_userUuid_customerUuid_role_key" ON "CustomerRole"("userUuid", "customerUuid", "role");

-- CreateIndex
CREATE INDEX "ProjectRole_projectUuid_idx" ON "ProjectRole"("projectUuid");

-- CreateIndex
CREATE UNIQUE INDEX "ProjectRole_userUuid_projectUuid_role_key" ON "ProjectRole"("userUuid", "projectUuid", "role");

-- CreateIndex
CREATE INDEX "OfferingRole_offeringUuid_idx" ON "OfferingRole"("offeringUuid");

-- CreateIndex
CREATE UNIQUE INDEX "OfferingRole_userUuid_offeringUuid_role_key" ON "OfferingRole"("userUuid", "offeringUuid", "role");

-- CreateIndex
CREATE INDEX "Category_title_uuid_idx" ON "Category"("title", "uuid");

-- CreateIndex
CREATE UNIQUE INDEX "CategoryComponent_categoryUuid_type_key" ON "CategoryComponent"("categoryUuid", "type");

-- CreateIndex
CREATE INDEX "Offering_providerUuid_name_uuid_idx" ON "Offering"("providerUuid", "name", "uuid");

-- CreateIndex
CREATE INDEX "Offering_categoryUuid_name_uuid_idx" ON "Offering"("categoryUuid", "name", "uuid");

-- CreateIndex
CREATE INDEX "Offering_name_uuid_idx" ON "Offering"("name", "uuid");

-- CreateIndex
CREATE INDEX "OfferingComponent_categoryComponentUuid_idx" ON "OfferingComponent"("categoryComponentUuid");

-- CreateIndex
CREATE UNIQUE INDEX "OfferingComponent_offeringUuid_type_key" ON "OfferingComponent"("offeringUuid", "type");

-- CreateIndex
CREATE UNIQUE INDEX "OfferingComponent_uuid_offeringUuid_type_key" ON "OfferingComponent"("uuid", "offeringUuid", "type");

-- CreateIndex
CREATE UNIQUE INDEX "OfferingComponent_uuid_offeringUuid_key" ON "OfferingComponent"("uuid", "offeringUuid");

-- CreateIndex
CREATE INDEX "Plan_offeringUuid_name_uuid_idx" ON "Plan"("offeringUuid", "name", "uuid");

-- CreateIndex
CREATE UNIQUE INDEX "Plan_uuid_offeringUuid_key" ON "Plan"("uuid", "offeringUuid");

-- CreateIndex
CREATE INDEX "PlanComponent_componentUuid_idx" ON "PlanComponent"("componentUuid");

-- CreateIndex
CREATE UNIQUE INDEX "PlanComponent_planUuid_componentUuid_key" ON "PlanComponent"("planUuid", "componentUuid");

-- CreateIndex
CREATE INDEX "Resource_offeringUuid_name_uuid_idx" ON "Resource"("offeringUuid", "name", "uuid");

-- CreateIndex
CREATE INDEX "Resource_projectUuid_name_uuid_idx" ON "Resource"("projectUuid", "name", "uuid");

-- CreateIndex
CREATE INDEX "Resource_customerUuid_name_uuid_idx" ON "Resource"("customerUuid", "name", "uuid");

-- CreateIndex
CREATE INDEX "Resource_state_name_uuid_idx" ON "Resource"("state", "name", "uuid");

-- CreateIndex
CREATE INDEX "Resource_name_uuid_idx" ON "Resource"("name", "uuid");

-- CreateIndex
CREATE INDEX "Resource_created_uuid_idx" ON "Resource"("created", "uuid");

-- CreateIndex
CREATE INDEX "Resource_planUuid_idx" ON "Resource"("planUuid");

-- CreateIndex
CREATE UNIQUE INDEX "Resource_uuid_offeringUuid_projectUuid_customerUuid_key" ON "Resource"("uuid", "offeringUuid", "projectUuid", "customerUuid");

-- CreateIndex
CREATE UNIQUE INDEX "Resource_uuid_offeringUuid_key" ON "Resource"("uuid", "offeringUuid");

-- CreateIndex
CREATE INDEX "ResourcePlanPeriod_resourceUuid_start_idx" ON "ResourcePlanPeriod"("resourceUuid", "start");

-- CreateIndex
CREATE INDEX "ResourcePlanPeriod_planUuid_idx" ON "ResourcePlanPeriod"("planUuid");

-- CreateIndex
CREATE INDEX "ComponentUsage_date_type_uuid_idx" ON "ComponentUsage"("date" DESC, "type", "uuid");

-- CreateIndex
CREATE INDEX "ComponentUsage_resourceUuid_date_type_uuid_idx" ON "ComponentUsage"("resourceUuid", "date" DESC, "type", "uuid");

-- CreateIndex
CREATE INDEX "ComponentUsage_offeringUuid_date_type_uuid_idx" ON "ComponentUsage"("offeringUuid", "date" DESC, "type", "uuid");

-- CreateIndex
CREATE INDEX "ComponentUsage_projectUuid_date_type_uuid_idx" ON "ComponentUsage"("projectUuid", "date" DESC, "type", "uuid");

-- CreateIndex
CREATE INDEX "ComponentUsage_customerUuid_date_type_uuid_idx" ON "ComponentUsage"("customerUuid", "date" DESC, "type", "uuid");

-- CreateIndex
CREATE INDEX "ComponentUsage_type_date_uuid_idx" ON "ComponentUsage"("type", "date" DESC, "uuid");

-- CreateIndex
CREATE INDEX "ComponentUsage_billingPeriod_uuid_idx" ON "ComponentUsage"("billingPeriod", "uuid");

-- CreateIndex
CREATE INDEX "ComponentUsage_usage_uuid_idx" ON "ComponentUsage"("usage", "uuid");

-- CreateIndex
CREATE INDEX "ComponentUsage_componentUuid_billingPeriod_idx" ON "ComponentUsage"("componentUuid", "billingPeriod");

-- CreateIndex
CREATE INDEX "ComponentUsage_planPeriodUuid_idx" ON "ComponentUsage"("planPeriodUuid");

-- CreateIndex
CREATE INDEX "ComponentUsage_modifiedByUuid_idx" ON "ComponentUsage"("modifiedByUuid");

-- CreateIndex
CREATE UNIQUE INDEX "ComponentUsage_resourceUuid_componentUuid_billingPeriod_key" ON "ComponentUsage"("resourceUuid", "componentUuid", "billingPeriod");

-- CreateIndex
CREATE INDEX "ComponentUserUsage_userUuid_idx" ON "ComponentUserUsage"("userUuid");

-- CreateIndex
CREATE INDEX "ComponentUserUsage_username_uuid_idx" ON "ComponentUserUsage"("username", "uuid");

-- CreateIndex
CREATE INDEX "ComponentUserUsage_usage_uuid_idx" ON "ComponentUserUsage"("usage", "uuid");

-- CreateIndex
CREATE UNIQUE INDEX "ComponentUserUsage_componentUsageUuid_username_key" ON "ComponentUserUsage"("componentUsageUuid", "username");

-- CreateIndex
CREATE INDEX "OfferingUser_offeringUuid_username_idx" ON "OfferingUser"("offeringUuid", "username");

-- CreateIndex
CREATE INDEX "OfferingUser_userUuid_idx" ON "OfferingUser"("userUuid");

-- CreateIndex
CREATE UNIQUE INDEX "OfferingUser_offeringUuid_userUuid_key" ON "OfferingUser"("offeringUuid", "userUuid");

-- CreateIndex
CREATE UNIQUE INDEX "OfferingUser_uuid_offeringUuid_key" ON "OfferingUser"("uuid", "offeringUuid");

-- CreateIndex
CREATE INDEX "ComponentUserUsageLimit_created_uuid_idx" ON "ComponentUserUsageLimit"("created" DESC, "uuid");

-- CreateIndex
CREATE INDEX "ComponentUserUsageLimit_resourceUuid_created_uuid_idx" ON "ComponentUserUsageLimit"("resourceUuid", "created" DESC, "uuid");

-- CreateIndex
CREATE INDEX "ComponentUserUsageLimit_offeringUuid_created_uuid_idx" ON "ComponentUserUsageLimit"("offeringUuid", "created" DESC, "uuid");

-- CreateIndex
CREATE INDEX "ComponentUserUsageLimit_componentUuid_idx" ON "ComponentUserUsageLimit"("componentUuid");

-- CreateIndex
CREATE INDEX "ComponentUserUsageLimit_userUuid_idx" ON "ComponentUserUsageLimit"("userUuid");

-- CreateIndex
CREATE UNIQUE INDEX "ComponentUserUsageLimit_resourceUuid_componentUuid_userUuid_key" ON "ComponentUserUsageLimit"("resourceUuid", "componentUuid", "userUuid");

-- CreateIndex
CREATE INDEX "OfferingUsagePolicy_scopeUuid_created_uuid_idx" ON "OfferingUsagePolicy"("scopeUuid", "created" DESC, "uuid");

-- CreateIndex
CREATE INDEX "OfferingUsagePolicy_created_uuid_idx" ON "OfferingUsagePolicy"("created" DESC, "uuid");

-- CreateIndex
CREATE INDEX "OfferingUsagePolicy_createdByUuid_idx" ON "OfferingUsagePolicy"("createdByUuid");

-- CreateIndex
CREATE UNIQUE INDEX "OfferingUsagePolicy_uuid_scopeUuid_key" ON "OfferingUsagePolicy"("uuid", "scopeUuid");

-- CreateIndex
CREATE INDEX "OfferingUsagePolicyGroup_organizationGroupUuid_idx" ON "OfferingUsagePolicyGroup"("organizationGroupUuid");

-- CreateIndex
CREATE INDEX "OfferingUsagePolicyComponentLimit_componentUuid_idx" ON "OfferingUsagePolicyComponentLimit"("componentUuid");

-- CreateIndex
CREATE UNIQUE INDEX "OfferingUsagePolicyComponentLimit_policyUuid_componentUuid_key" ON "OfferingUsagePolicyComponentLimit"("policyUuid", "componentUuid");

-- CreateIndex
CREATE INDEX "PolicyFiring_policyUuid_created_uuid_idx" ON "PolicyFiring"("policyUuid", "created" DESC, "uuid");

-- CreateIndex
CREATE INDEX "PolicyFiring_offeringUuid_created_uuid_idx" ON "PolicyFiring"("offeringUuid", "created" DESC, "uuid");

-- CreateIndex
CREATE INDEX "PolicyFiring_created_uuid_idx" ON "PolicyFiring"("created" DESC, "uuid");

-- CreateIndex
CREATE INDEX "PolicyFiring_causeUuid_idx" ON "PolicyFiring"("causeUuid");

-- CreateIndex
CREATE INDEX "PolicyFiringBreach_componentUuid_idx" ON "PolicyFiringBreach"("componentUuid");

-- CreateIndex
CREATE UNIQUE INDEX "PolicyFiringBreach_firingUuid_componentUuid_key" ON "PolicyFiringBreach"("firingUuid", "componentUuid");

-- CreateIndex
CREATE INDEX "Notification_state_created_idx" ON "Notification"("state", "created");

-- CreateIndex
CREATE UNIQUE INDEX "Notification_firingUuid_recipient_key" ON "Notification"("firingUuid", "recipient");

-- CreateIndex
CREATE UNIQUE INDEX "LogEntry_policyFiringUuid_key" ON "LogEntry"("policyFiringUuid");

-- CreateIndex
CREATE INDEX "LogEntry_xid_id_idx" ON "LogEntry"("xid", "id");

-- CreateIndex
CREATE INDEX "LogEntry_componentUsageUuid_idx" ON "LogEntry"("componentUsageUuid");

-- CreateIndex
CREATE INDEX "LogEntry_created_idx" ON "LogEntry"("created");

-- AddForeignKey
ALTER TABLE "OrganizationGroup" ADD CONSTRAINT "OrganizationGroup_parentUuid_fkey" FOREIGN KEY ("parentUuid") REFERENCES "OrganizationGroup"("uuid") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CustomerOrganizationGroup" ADD CONSTRAINT "CustomerOrganizationGroup_customerUuid_fkey" FOREIGN KEY ("customerUuid") REFERENCES "Customer"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CustomerOrganizationGroup" ADD CONSTRAINT "CustomerOrganizationGroup_organizationGroupUuid_fkey" FOREIGN KEY ("organizationGroupUuid") REFERENCES "OrganizationGroup"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Project" ADD CONSTRAINT "Project_customerUuid_fkey" FOREIGN KEY ("customerUuid") REFERENCES "Customer"("uuid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Token" ADD CONSTRAINT "Token_userUuid_fkey" FOREIGN KEY ("userUuid") REFERENCES "User"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CustomerRole" ADD CONSTRAINT "CustomerRole_userUuid_fkey" FOREIGN KEY ("userUuid") REFERENCES "User"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CustomerRole" ADD CONSTRAINT "CustomerRole_customerUuid_fkey" FOREIGN KEY ("customerUuid") REFERENCES "Customer"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProjectRole" ADD CONSTRAINT "ProjectRole_userUuid_fkey" FOREIGN KEY ("userUuid") REFERENCES "User"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProjectRole" ADD CONSTRAINT "ProjectRole_projectUuid_fkey" FOREIGN KEY ("projectUuid") REFERENCES "Project"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OfferingRole" ADD CONSTRAINT "OfferingRole_userUuid_fkey" FOREIGN KEY ("userUuid") REFERENCES "User"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OfferingRole" ADD CONSTRAINT "OfferingRole_offeringUuid_fkey" FOREIGN KEY ("offeringUuid") REFERENCES "Offering"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CategoryComponent" ADD CONSTRAINT "CategoryComponent_categoryUuid_fkey" FOREIGN KEY ("categoryUuid") REFERENCES "Category"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Offering" ADD CONSTRAINT "Offering_providerUuid_fkey" FOREIGN KEY ("providerUuid") REFERENCES "Customer"("uuid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Offering" ADD CONSTRAINT "Offering_categoryUuid_fkey" FOREIGN KEY ("categoryUuid") REFERENCES "Category"("uuid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OfferingComponent" ADD CONSTRAINT "OfferingComponent_offeringUuid_fkey" FOREIGN KEY ("offeringUuid") REFERENCES "Offering"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OfferingComponent" ADD CONSTRAINT "OfferingComponent_categoryComponentUuid_fkey" FOREIGN KEY ("categoryComponentUuid") REFERENCES "CategoryComponent"("uuid") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Plan" ADD CONSTRAINT "Plan_offeringUuid_fkey" FOREIGN KEY ("offeringUuid") REFERENCES "Offering"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PlanComponent" ADD CONSTRAINT "PlanComponent_planUuid_offeringUuid_fkey" FOREIGN KEY ("planUuid", "offeringUuid") REFERENCES "Plan"("uuid", "offeringUuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PlanComponent" ADD CONSTRAINT "PlanComponent_componentUuid_offeringUuid_fkey" FOREIGN KEY ("componentUuid", "offeringUuid") REFERENCES "OfferingComponent"("uuid", "offeringUuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Resource" ADD CONSTRAINT "Resource_offeringUuid_fkey" FOREIGN KEY ("offeringUuid") REFERENCES "Offering"("uuid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Resource" ADD CONSTRAINT "Resource_projectUuid_customerUuid_fkey" FOREIGN KEY ("projectUuid", "customerUuid") REFERENCES "Project"("uuid", "customerUuid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Resource" ADD CONSTRAINT "Resource_customerUuid_fkey" FOREIGN KEY ("customerUuid") REFERENCES "Customer"("uuid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Resource" ADD CONSTRAINT "Resource_planUuid_fkey" FOREIGN KEY ("planUuid") REFERENCES "Plan"("uuid") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ResourcePlanPeriod" ADD CONSTRAINT "ResourcePlanPeriod_resourceUuid_fkey" FOREIGN KEY ("resourceUuid") REFERENCES "Resource"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ResourcePlanPeriod" ADD CONSTRAINT "ResourcePlanPeriod_planUuid_fkey" FOREIGN KEY ("planUuid") REFERENCES "Plan"("uuid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ComponentUsage" ADD CONSTRAINT "ComponentUsage_resourceUuid_offeringUuid_projectUuid_custo_fkey" FOREIGN KEY ("resourceUuid", "offeringUuid", "projectUuid", "customerUuid") REFERENCES "Resource"("uuid", "offeringUuid", "projectUuid", "customerUuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ComponentUsage" ADD CONSTRAINT "ComponentUsage_componentUuid_offeringUuid_type_fkey" FOREIGN KEY ("componentUuid", "offeringUuid", "type") REFERENCES "OfferingComponent"("uuid", "offeringUuid", "type") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ComponentUsage" ADD CONSTRAINT "ComponentUsage_planPeriodUuid_fkey" FOREIGN KEY ("planPeriodUuid") REFERENCES "ResourcePlanPeriod"("uuid") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ComponentUsage" ADD CONSTRAINT "ComponentUsage_modifiedByUuid_fkey" FOREIGN KEY ("modifiedByUuid") REFERENCES "User"("uuid") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ComponentUserUsage" ADD CONSTRAINT "ComponentUserUsage_componentUsageUuid_fkey" FOREIGN KEY ("componentUsageUuid") REFERENCES "ComponentUsage"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ComponentUserUsage" ADD CONSTRAINT "ComponentUserUsage_userUuid_fkey" FOREIGN KEY ("userUuid") REFERENCES "OfferingUser"("uuid") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OfferingUser" ADD CONSTRAINT "OfferingUser_offeringUuid_fkey" FOREIGN KEY ("offeringUuid") REFERENCES "Offering"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OfferingUser" ADD CONSTRAINT "OfferingUser_userUuid_fkey" FOREIGN KEY ("userUuid") REFERENCES "User"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ComponentUserUsageLimit" ADD CONSTRAINT "ComponentUserUsageLimit_resourceUuid_offeringUuid_fkey" FOREIGN KEY ("resourceUuid", "offeringUuid") REFERENCES "Resource"("uuid", "offeringUuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ComponentUserUsageLimit" ADD CONSTRAINT "ComponentUserUsageLimit_componentUuid_offeringUuid_fkey" FOREIGN KEY ("componentUuid", "offeringUuid") REFERENCES "OfferingComponent"("uuid", "offeringUuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ComponentUserUsageLimit" ADD CONSTRAINT "ComponentUserUsageLimit_userUuid_offeringUuid_fkey" FOREIGN KEY ("userUuid", "offeringUuid") REFERENCES "OfferingUser"("uuid", "offeringUuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OfferingUsagePolicy" ADD CONSTRAINT "OfferingUsagePolicy_scopeUuid_fkey" FOREIGN KEY ("scopeUuid") REFERENCES "Offering"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OfferingUsagePolicy" ADD CONSTRAINT "OfferingUsagePolicy_createdByUuid_fkey" FOREIGN KEY ("createdByUuid") REFERENCES "User"("uuid") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OfferingUsagePolicyGroup" ADD CONSTRAINT "OfferingUsagePolicyGroup_policyUuid_fkey" FOREIGN KEY ("policyUuid") REFERENCES "OfferingUsagePolicy"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OfferingUsagePolicyGroup" ADD CONSTRAINT "OfferingUsagePolicyGroup_organizationGroupUuid_fkey" FOREIGN KEY ("organizationGroupUuid") REFERENCES "OrganizationGroup"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OfferingUsagePolicyComponentLimit" ADD CONSTRAINT "OfferingUsagePolicyComponentLimit_policyUuid_offeringUuid_fkey" FOREIGN KEY ("policyUuid", "offeringUuid") REFERENCES "OfferingUsagePolicy"("uuid", "scopeUuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OfferingUsagePolicyComponentLimit" ADD CONSTRAINT "OfferingUsagePolicyComponentLimit_componentUuid_offeringUu_fkey" FOREIGN KEY ("componentUuid", "offeringUuid") REFERENCES "OfferingComponent"("uuid", "offeringUuid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PolicyFiring" ADD CONSTRAINT "PolicyFiring_policyUuid_fkey" FOREIGN KEY ("policyUuid") REFERENCES "OfferingUsagePolicy"("uuid") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PolicyFiring" ADD CONSTRAINT "PolicyFiring_offeringUuid_fkey" FOREIGN KEY ("offeringUuid") REFERENCES "Offering"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PolicyFiring" ADD CONSTRAINT "PolicyFiring_causeUuid_fkey" FOREIGN KEY ("causeUuid") REFERENCES "ComponentUsage"("uuid") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PolicyFiringBreach" ADD CONSTRAINT "PolicyFiringBreach_firingUuid_fkey" FOREIGN KEY ("firingUuid") REFERENCES "PolicyFiring"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PolicyFiringBreach" ADD CONSTRAINT "PolicyFiringBreach_componentUuid_fkey" FOREIGN KEY ("componentUuid") REFERENCES "OfferingComponent"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Notification" ADD CONSTRAINT "Notification_firingUuid_fkey" FOREIGN KEY ("firingUuid") REFERENCES "PolicyFiring"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CustomerQuota" ADD CONSTRAINT "CustomerQuota_customerUuid_fkey" FOREIGN KEY ("customerUuid") REFERENCES "Customer"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "LogEntry" ADD CONSTRAINT "LogEntry_policyFiringUuid_fkey" FOREIGN KEY ("policyFiringUuid") REFERENCES "PolicyFiring"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "LogEntry" ADD CONSTRAINT "LogEntry_componentUsageUuid_fkey" FOREIGN KEY ("componentUsageUuid") REFERENCES "ComponentUsage"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- Constraints that the Prisma schema cannot express.

-- Amounts are never negative and never NaN (which PostgreSQL sorts above every number).
ALTER TABLE "ComponentUsage" ADD CONSTRAINT "ComponentUsage_usage_check" CHECK ("usage" >= 0 AND "usage" <> 'NaN');
ALTER TABLE "ComponentUserUsage" ADD CONSTRAINT "ComponentUserUsage_usage_check" CHECK ("usage" >= 0 AND "usage" <> 'NaN');
ALTER TABLE "ComponentUserUsageLimit" ADD CONSTRAINT "ComponentUserUsageLimit_limit_check" CHECK ("limit" >= 0 AND "limit" <> 'NaN');
ALTER TABLE "OfferingUsagePolicyComponentLimit" ADD CONSTRAINT "OfferingUsagePolicyComponentLimit_limit_check" CHECK ("limit" >= 0 AND "limit" <> 'NaN');
ALTER TABLE "PlanComponent" ADD CONSTRAINT "PlanComponent_amount_check" CHECK ("amount" >= 0 AND "amount" <> 'NaN' AND "price" >= 0 AND "price" <> 'NaN');
ALTER TABLE "Plan" ADD CONSTRAINT "Plan_unitPrice_check" CHECK ("unitPrice" >= 0 AND "unitPrice" <> 'NaN');
ALTER TABLE "PolicyFiringBreach" ADD CONSTRAINT "PolicyFiringBreach_amounts_check" CHECK ("used" > "limit" AND "limit" >= 0 AND "used" < 'Infinity');
ALTER TABLE "CustomerQuota" ADD CONSTRAINT "CustomerQuota_value_check" CHECK ("value" <> 'NaN');

-- Billing months are named by their first day.
ALTER TABLE "ComponentUsage" ADD CONSTRAINT "ComponentUsage_billingPeriod_check" CHECK (extract(day FROM "billingPeriod") = 1);
ALTER TABLE "PolicyFiring" ADD CONSTRAINT "PolicyFiring_window_check" CHECK (extract(day FROM "windowEnd") = 1 AND ("windowStart" IS NULL OR (extract(day FROM "windowStart") = 1 AND "windowStart" <= "windowEnd")));

-- Names that the domain bounds.
ALTER TABLE "OfferingComponent" ADD CONSTRAINT "OfferingComponent_type_check" CHECK ("type" ~ '^[a-zA-Z0-9_\-/:]+$');
ALTER TABLE "ComponentUserUsage" ADD CONSTRAINT "ComponentUserUsage_username_check" CHECK ("username" <> '');

-- A policy does something.
ALTER TABLE "OfferingUsagePolicy" ADD CONSTRAINT "OfferingUsagePolicy_actions_check" CHECK (cardinality("actions") >= 1);

-- A log entry is about exactly one thing.
ALTER TABLE "LogEntry" ADD CONSTRAINT "LogEntry_subject_check" CHECK (num_nonnulls("policyFiringUuid", "componentUsageUuid") = 1);
