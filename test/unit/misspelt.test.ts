import { describe, expect, test } from "vitest";
import { misspelt } from "../../src/shared/misspelt.ts";

const own = new Set([
	...["DATABASE_URL", "DATABASE_URL_FILE", "DATA_DIR", "HOST", "PORT", "SMTP_URL", "SMTP_FROM", "TIME_ZONE", "LOG", "MIGRATE", "GRAPHIQL", "POOL_SIZE"],
	...["COST_LIMIT", "RATE_LIMIT", "CORS_ORIGINS", "ALLOWED_HOSTS", "TRUST_PROXY", "OPERATIONS_PORT", "ALERT_RETENTION", "STATEMENT_TIMEOUT"],
	...["CONNECTION_LIMIT", "OTEL_EXPORTER_OTLP_ENDPOINT", "WALDUR_TOKEN", "INTROSPECTION"],
]);

describe("a variable whose name is nearly one of ours", () => {
	test.each([
		["TIMEZONE", "TIME_ZONE"],
		["TIME-ZONE", "TIME_ZONE"],
		["time_zone", "TIME_ZONE"],
		["DATABSE_URL", "DATABASE_URL"],
		["DATABASE_URI", "DATABASE_URL"],
		["DATABASEURL", "DATABASE_URL"],
		["DB_URL", "DATABASE_URL"],
		["SMPT_URL", "SMTP_URL"],
		["SMTP_FORM", "SMTP_FROM"],
		["DATADIR", "DATA_DIR"],
		["GRAPHQL", "GRAPHIQL"],
		["CORS_ORIGIN", "CORS_ORIGINS"],
		["ALLOWED_HOST", "ALLOWED_HOSTS"],
		["TRUSTED_PROXY", "TRUST_PROXY"],
		["OPERATION_PORT", "OPERATIONS_PORT"],
		["INTROSPECTON", "INTROSPECTION"],
		["STATEMENTS_TIMEOUT", "STATEMENT_TIMEOUT"],
		["WALDUR_TOKN", "WALDUR_TOKEN"],
	])("%s is named, with %s", (name, meant) => {
		expect(misspelt({ [name]: "x", PATH: "/bin" }, own)).toBe(`Not read from the environment: ${name} (${meant} was probably meant).`);
	});

	test.each([
		...["PATH", "HOSTNAME", "HOME", "HOSTTYPE", "LANG", "LOGNAME", "TZ", "PWD", "PORTS", "LOGS", "USER", "SHELL", "TERM", "MAIL", "EDITOR", "NODE_ENV"],
		...["PGHOST", "PGPORT", "PGDATABASE", "PGSSLMODE", "npm_config_host", "npm_package_name", "NODE_EXTRA_CA_CERTS", "NODE_OPTIONS", "CI", "DEBUG"],
		...["KUBERNETES_PORT", "KUBERNETES_SERVICE_HOST", "KUBERNETES_PORT_443_TCP_ADDR", "DATABASE_SERVICE_HOST", "DATABASE_PORT", "DATABASE_PORT_5432_TCP"],
		...["SMTP_PORT", "SMTP_HOST", "SMTP_PORT_25_TCP", "OTEL_SERVICE_NAME", "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_PROTOCOL", "XDG_DATA_DIRS"],
		...["HTTP_PROXY", "https_proxy", "no_proxy", "SSH_CLIENT", "JOURNAL_STREAM", "INVOCATION_ID", "MAINPID", "LC_ALL", "DATABASE_NAME", "WALDUR_URL"],
	])("%s is another program's", (name) => {
		expect(misspelt({ [name]: "x" }, own)).toBeUndefined();
	});

	test("is another program's when ours is set as well", () => {
		expect(misspelt({ TIMEZONE: "x", TIME_ZONE: "UTC" }, own)).toBeUndefined();
	});

	test("is one of five that are named in one line", () => {
		const many = Object.fromEntries(["TIMEZONE", "DATADIR", "SMTPURL", "POOLSIZE", "COSTLIMIT", "RATELIMIT", "CORSORIGINS"].map((name) => [name, "x"]));
		expect(misspelt(many, own)).toMatch(/^Not read from the environment: TIMEZONE \(TIME_ZONE was probably meant\), [^\n]*COSTLIMIT [^\n]*, and 2 more\.$/);
	});
});
