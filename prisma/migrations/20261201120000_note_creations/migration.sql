-- What was sent to create an object in Waldur, while the answer is not known: the object is found by it though it has changed here since.
-- AlterTable
ALTER TABLE "WaldurDelivery" ADD COLUMN     "creating" JSONB;
