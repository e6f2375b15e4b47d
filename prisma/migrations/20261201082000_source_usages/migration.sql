-- Several records of the source that are one here.
-- CreateTable
CREATE TABLE "SourceUsage" (
    "uuid" UUID NOT NULL,
    "componentUsageUuid" UUID NOT NULL,
    "usage" DECIMAL(20,2) NOT NULL,
    "date" TIMESTAMPTZ(3) NOT NULL,
    "recurring" BOOLEAN NOT NULL,
    "description" TEXT NOT NULL,
    "created" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "SourceUsage_pkey" PRIMARY KEY ("uuid")
);

-- CreateTable
CREATE TABLE "SourceUserUsage" (
    "uuid" UUID NOT NULL,
    "componentUserUsageUuid" UUID NOT NULL,
    "usage" DECIMAL(20,2) NOT NULL,
    "created" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "SourceUserUsage_pkey" PRIMARY KEY ("uuid")
);

-- CreateIndex
CREATE INDEX "SourceUsage_componentUsageUuid_idx" ON "SourceUsage"("componentUsageUuid");

-- CreateIndex
CREATE INDEX "SourceUserUsage_componentUserUsageUuid_idx" ON "SourceUserUsage"("componentUserUsageUuid");

-- AddForeignKey
ALTER TABLE "SourceUsage" ADD CONSTRAINT "SourceUsage_componentUsageUuid_fkey" FOREIGN KEY ("componentUsageUuid") REFERENCES "ComponentUsage"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SourceUserUsage" ADD CONSTRAINT "SourceUserUsage_componentUserUsageUuid_fkey" FOREIGN KEY ("componentUserUsageUuid") REFERENCES "ComponentUserUsage"("uuid") ON DELETE CASCADE ON UPDATE CASCADE;


-- What a source deleted and made anew keeps what belongs to it, under its new uuid: references follow by themselves, and the log,
-- which has none, by this.
CREATE FUNCTION "renameLogged"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE "LogEntry" SET "componentUsageUuid" = NEW."uuid" WHERE "componentUsageUuid" = OLD."uuid";
	RETURN NULL;
END
$$;

CREATE TRIGGER "renameLogged" AFTER UPDATE OF "uuid" ON "ComponentUsage"
	FOR EACH ROW WHEN (OLD."uuid" <> NEW."uuid") EXECUTE FUNCTION "renameLogged"();
