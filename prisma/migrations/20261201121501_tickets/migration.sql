-- What signs in for one operation where a client can send no header: rows live for a minute, those of subscriptions for half a day.
-- CreateTable
CREATE TABLE "Ticket" (
    "hash" CHAR(64) NOT NULL,
    "tokenHash" CHAR(64) NOT NULL,
    "operation" CHAR(64) NOT NULL,
    "sealed" TEXT NOT NULL,
    "reopens" BOOLEAN NOT NULL,
    "opened" TIMESTAMPTZ(3),
    "created" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Ticket_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "Ticket_tokenHash_created_idx" ON "Ticket"("tokenHash", "created");

-- CreateIndex
CREATE INDEX "Ticket_created_idx" ON "Ticket"("created");
