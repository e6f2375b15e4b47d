-- CreateTable
CREATE TABLE "LastVerification" (
    "only" BOOLEAN NOT NULL DEFAULT true,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "differences" INTEGER NOT NULL,

    CONSTRAINT "LastVerification_pkey" PRIMARY KEY ("only")
);

-- There is one.
ALTER TABLE "LastVerification" ADD CONSTRAINT "LastVerification_only_check" CHECK ("only");
