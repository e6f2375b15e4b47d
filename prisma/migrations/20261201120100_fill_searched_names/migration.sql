-- The names that there are: apart from the triggers, whose tables nobody writes until their migration is done. Names that come
-- meanwhile are added by these.
-- The service folds them after its start, a batch at a time, and searches them one by one until then.
INSERT INTO "SearchedName" ("name")
SELECT "name" FROM "Customer" UNION SELECT "name" FROM "Project" UNION SELECT "name" FROM "Offering" UNION SELECT "name" FROM "Resource"
UNION SELECT "username" FROM "OfferingUser" WHERE "username" IS NOT NULL
ON CONFLICT DO NOTHING;
