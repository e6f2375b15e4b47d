-- CreateTable
CREATE TABLE "WaldurSync" (
    "sourceId" SMALLINT NOT NULL,
    "holder" TEXT,
    "leaseUntil" TIMESTAMPTZ(3),
    "lastSuccess" TIMESTAMPTZ(3),
    "lastWhole" TIMESTAMPTZ(3),
    "error" TEXT,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "WaldurSync_pkey" PRIMARY KEY ("sourceId")
);

-- CreateTable
CREATE TABLE "WaldurSyncList" (
    "sourceId" SMALLINT NOT NULL,
    "name" TEXT NOT NULL,
    "watermark" TIMESTAMPTZ(3),
    "read" INTEGER NOT NULL DEFAULT 0,
    "changed" INTEGER NOT NULL DEFAULT 0,
    "removed" INTEGER NOT NULL DEFAULT 0,
    "refused" INTEGER NOT NULL DEFAULT 0,
    "held" INTEGER NOT NULL DEFAULT 0,
    "finished" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "WaldurSyncList_pkey" PRIMARY KEY ("sourceId","name")
);
