-- AlterTable
ALTER TABLE "PolicyFiring" ADD COLUMN     "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- A firing is not changed after it was found.
UPDATE "PolicyFiring" SET "modified" = "created";
