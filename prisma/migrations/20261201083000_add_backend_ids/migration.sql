-- What the provider's own system calls an offering or a resource: Waldur's agents find theirs by it. Empty until the record is read again.
-- The default is not written into the rows: no table is rewritten.
-- AlterTable
ALTER TABLE "Offering" ADD COLUMN     "backendId" VARCHAR(255) NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "Resource" ADD COLUMN     "backendId" VARCHAR(255) NOT NULL DEFAULT '';
