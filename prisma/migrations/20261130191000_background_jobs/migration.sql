-- CreateTable
CREATE TABLE "BackgroundJob" (
    "name" TEXT NOT NULL,
    "done" BIGINT NOT NULL DEFAULT 0,
    "total" BIGINT NOT NULL DEFAULT 0,
    "finished" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "BackgroundJob_pkey" PRIMARY KEY ("name")
);
