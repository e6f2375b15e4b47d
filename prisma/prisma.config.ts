import { defineConfig } from "prisma/config";

/** For the Prisma command line. The service itself takes its database from src/config.ts. */
export default defineConfig({
	schema: "schema.prisma",
	migrations: { path: "migrations" },
	datasource: { url: process.env["DATABASE_URL"] ?? "postgresql://localhost:5432/usage_gateway" },
});
