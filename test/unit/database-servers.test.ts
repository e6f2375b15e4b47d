import { expect, test } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { serversOf } from "../../src/database-servers.ts";

const alone = { addresses: [], wanted: undefined };

test.each([
	["postgresql://u:p@db1:5432/usage", { url: "postgresql://u:p@db1:5432/usage", ...alone }],
	["postgresql://u:p@db1/usage?target_session_attrs=any&sslmode=require", { url: "postgresql://u:p@db1/usage?sslmode=require", ...alone }],
	[
		"postgresql://u:p%40s@db1:5433,db2/usage?sslmode=require&target_session_attrs=read-write",
		{
			url: "postgresql://u:p%40s@db1:5433/usage?sslmode=require",
			addresses: [
				{ host: "db1", port: 5433 },
				{ host: "db2", port: 5432 },
			],
			wanted: "read-write",
		},
	],
	[
		"postgres://db1,[::1]:5433,10.0.0.7/usage?target_session_attrs=primary",
		{
			url: "postgres://db1/usage",
			addresses: [
				{ host: "db1", port: 5432 },
				{ host: "::1", port: 5433 },
				{ host: "10.0.0.7", port: 5432 },
			],
			wanted: "primary",
		},
	],
	["postgresql://db1/usage?target_session_attrs=read-write", { url: "postgresql://db1/usage", addresses: [{ host: "db1", port: 5432 }], wanted: "read-write" }],
])("%s names these servers", (url, servers) => {
	expect(serversOf(url)).toEqual(servers);
	expect(() => parseConfig({ DATABASE_URL: url })).not.toThrow();
});

const wrong = "target_session_attrs of DATABASE_URL must be read-write or primary, for the service writes; or any, with one host.";

test.each([
	["postgresql://u:s3cret@db1,db2/usage", "DATABASE_URL names several hosts: add target_session_attrs=read-write, so that the one that takes changes is used."],
	[
		"postgresql://u:s3cret@db1,db2/usage?target_session_attrs=any",
		"DATABASE_URL names several hosts: add target_session_attrs=read-write, so that the one that takes changes is used.",
	],
	["postgresql://u:s3cret@db1/usage?target_session_attrs=standby", wrong],
	["postgresql://u:s3cret@db1,db2/usage?target_session_attrs=prefer-standby", wrong],
	["postgresql://u:s3cret@db1,/usage?target_session_attrs=read-write", "DATABASE_URL has an empty place among its hosts."],
	["postgresql://u:s3cret@db1,db2:no/usage?target_session_attrs=read-write", "DATABASE_URL has a host that is none, such as host:5432."],
	["postgresql://u:s3cret@db1,db2:70000/usage?target_session_attrs=read-write", "DATABASE_URL has a host that is none, such as host:5432."],
	["mysql://u:s3cret@db1,db2/usage?target_session_attrs=read-write", "DATABASE_URL must look like postgresql://user:password@host:5432/database."],
])("%s is refused, without repeating it", (url, problem) => {
	expect(() => parseConfig({ DATABASE_URL: url })).toThrow(expect.objectContaining({ message: problem }));
});
