-- What is lost when the server crashes is full again: nothing is written to disk for it.
CREATE UNLOGGED TABLE "RateBucket" (
    "hash" TEXT NOT NULL,
    "level" DOUBLE PRECISION NOT NULL,
    "taken" DOUBLE PRECISION NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "RateBucket_pkey" PRIMARY KEY ("hash")
);
