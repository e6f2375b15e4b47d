-- AlterTable
ALTER TABLE "Token" ADD COLUMN     "lastUsed" TIMESTAMPTZ(3);
