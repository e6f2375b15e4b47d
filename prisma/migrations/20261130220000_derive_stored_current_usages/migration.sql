-- AlterTable
ALTER TABLE "BackgroundJob" ADD COLUMN     "reached" TEXT;

-- Where records are stored already, their resources' current usages are derived after the start. The versions before wrote them
-- with each report, and imports took the source's.
INSERT INTO "BackgroundJob" ("name") SELECT 'current usages' WHERE EXISTS (SELECT FROM "ComponentUsage");
