import { describe, expect, test } from "vitest";
import { type DatabaseAddress, parseDatabaseUrl, shownAddress } from "../../src/database/database-url.ts";

const unsaid = {
	user: undefined,
	password: undefined,
	tls: undefined,
	connectTimeout: undefined,
	applicationName: undefined,
	options: undefined,
	wanted: undefined,
};
const at = (...hosts: [string | undefined, number | undefined][]) => ({ hosts: hosts.map(([name, port]) => ({ name, port })), database: "usage" });
const signedIn = { user: "gateway", password: "s3cret" };
const tls = { rootCertificate: undefined, certificate: undefined, key: undefined, passphrase: undefined, direct: false };

describe("an address of a database", () => {
	test.each<[string, Partial<Record<keyof DatabaseAddress, unknown>>]>([
		["postgresql://gateway:s3cret@db.example.org:5433/usage", { ...at(["db.example.org", 5433]), ...signedIn }],
		["postgres://db.example.org/usage", at(["db.example.org", undefined])],
		["postgresql:///usage", at([undefined, undefined])],
		["postgresql://[2001:db8::7]:5433/usage", at(["2001:db8::7", 5433])],
		["postgresql://g%40w:p%2F%40%3A%25@db/us%20age", { ...at(["db", undefined]), user: "g@w", password: "p/@:%", database: "us age" }],
		["postgresql://gateway:p@s#s:+@db/usage", { ...at(["db", undefined]), user: "gateway", password: "p@s#s:+" }],
		["postgresql:///?host=db&port=5433&dbname=usage&user=gateway&password=s3cret", { ...at(["db", 5433]), ...signedIn }],
		["postgresql://one:5433,two,[::1]:5434/usage?target_session_attrs=primary", { ...at(["one", 5433], ["two", undefined], ["::1", 5434]), wanted: "primary" }],
		["postgresql:///usage?host=one,two&port=5433&target_session_attrs=read-write", { ...at(["one", 5433], ["two", 5433]), wanted: "read-write" }],
		["postgresql://db/usage?target_session_attrs=any", at(["db", undefined])],
		["postgresql:///usage?host=/var/run/postgresql", at(["/var/run/postgresql", undefined])],
		["postgresql://gateway:s3cret@%2Fvar%2Frun%2Fpostgresql:5433/usage", { ...at(["/var/run/postgresql", 5433]), ...signedIn }],
		["postgresql://db/us%40age", { ...at(["db", undefined]), database: "us@age" }],
		["socket:/var/run/postgresql?db=usage", at(["/var/run/postgresql", undefined])],
		["socket://gateway:s3cret@/var/run/postgresql?db=usage&port=5433", { ...at(["/var/run/postgresql", 5433]), ...signedIn }],
		["host=db port=5433 dbname=usage user=gateway password='s3cret'", { ...at(["db", 5433]), ...signedIn }],
		["host = 'db' dbname=usage password='it\\'s a \\\\'", { ...at(["db", undefined]), password: "it's a \\" }],
		["postgresql://db/usage?application_name=a%20b&connect_timeout=10", { ...at(["db", undefined]), applicationName: "a b", connectTimeout: 10_000 }],
		["postgresql://db/usage?fallback_application_name=one", { ...at(["db", undefined]), applicationName: "one" }],
		["postgresql://db/usage?options=-c%20search_path%3Dother", { ...at(["db", undefined]), options: "-c search_path=other" }],
		["postgresql://db/usage?client_encoding=UTF8&gssencmode=disable&channel_binding=prefer", at(["db", undefined])],
		["postgresql://db/usage?sslmode=disable", { ...at(["db", undefined]), tls: "off" }],
		["postgresql://db/usage?sslmode=prefer", { ...at(["db", undefined]), tls: { ...tls, mode: "prefer" } }],
		["postgresql://db/usage?sslmode=require", { ...at(["db", undefined]), tls: { ...tls, mode: "require" } }],
		["postgresql://db/usage?sslmode=require&sslrootcert=/ca.crt", { ...at(["db", undefined]), tls: { ...tls, mode: "verify-ca", rootCertificate: "/ca.crt" } }],
		[
			"postgresql://db/usage?sslmode=verify-ca&sslrootcert=/ca.crt",
			{ ...at(["db", undefined]), tls: { ...tls, mode: "verify-ca", rootCertificate: "/ca.crt" } },
		],
		["postgresql://db/usage?sslmode=verify-full", { ...at(["db", undefined]), tls: { ...tls, mode: "verify-full" } }],
		["postgresql://db/usage?sslrootcert=system", { ...at(["db", undefined]), tls: { ...tls, mode: "verify-full" } }],
		["postgresql://db/usage?sslrootcert=/ca.crt", { ...at(["db", undefined]), tls: { ...tls, mode: "verify-full", rootCertificate: "/ca.crt" } }],
		[
			"postgresql://db/usage?sslmode=require&sslcert=/own.crt&sslkey=/own.key&sslpassword=pass&sslnegotiation=direct",
			{ ...at(["db", undefined]), tls: { ...tls, mode: "require", certificate: "/own.crt", key: "/own.key", passphrase: "pass", direct: true } },
		],
	])("%s", (url, address) => {
		expect(parseDatabaseUrl(url)).toEqual({ ...unsaid, ...address });
	});

	test.each([
		["mysql://gateway:s3cret@db/usage", "must look like postgresql://user:password@host:5432/database"],
		["postgresql//oops:s3cret", "must look like postgresql://user:password@host:5432/database"],
		["s3cret", "must look like postgresql://user:password@host:5432/database"],
		["host=db dbname='s3cret", "must look like postgresql://user:password@host:5432/database"],
		["postgresql://db", "must name a database"],
		["socket:/var/run/postgresql", "must name a database"],
		["postgresql://db:65536/usage", "has a port that is no number from 1 to 65535"],
		["postgresql://gateway:s3/cret@db/usage", "with what is special in user and password percent-encoded"],
		["postgresql://gateway:s3#/cret/usage", "has a port that is no number from 1 to 65535, or something special in user or password"],
		["postgresql://gateway:/s3cret@db:5432/usage", "with what is special in user and password percent-encoded"],
		["postgresql://gateway:12/s3cret@db:5432/usage", "with what is special in user and password percent-encoded"],
		["postgresql://gateway:12/%s3cret@db:5432/usage", "with what is special in user and password percent-encoded"],
		["socket://gateway:12/s3cret@/var/run/postgresql?db=usage", "with what is special in user and password percent-encoded"],
		["postgresql://gateway:s3?cret@db/usage", "has a parameter without a value"],
		["postgresql://gateway:1?s3cret=x@db/usage", "has a parameter that is not supported"],
		["postgresql://a:b:s3cret/usage", "with what is special in user and password percent-encoded"],
		["postgresql://gateway:s3cret%@db/usage", "has a % that encodes nothing: write it as %25"],
		["postgresql:///usage?host=one,two,three&port=1,2", "must have one port, or one for each host"],
		["postgresql://gateway:s3cret@db/usage?slmode=require", "has slmode that is not supported: there are host, port,"],
		["postgresql://gateway:s3cret@db/usage?schema=public", "has schema that is not supported"],
		["postgresql://gateway:s3cret@db/usage?constructor=x", "has constructor that is not supported"],
		["postgresql://gateway:s3cret@db/usage?channel_binding=require", "has channel_binding in a way that is not supported"],
		["postgresql://gateway:s3cret@db/usage?sslmode=on", "has a sslmode that is none of disable, prefer, require, verify-ca, verify-full"],
		["postgresql://gateway:s3cret@db/usage?sslmode=verify-ca", "has sslmode=verify-ca without a file in sslrootcert"],
		["postgresql://gateway:s3cret@db/usage?sslmode=require&sslcert=/own.crt", "must have sslcert and sslkey, or neither"],
		["postgresql://gateway:s3cret@db/usage?sslmode=prefer&sslnegotiation=direct", "has sslnegotiation=direct, which"],
		["postgresql://gateway:s3cret@db/usage?target_session_attrs=s3cret", "has a target_session_attrs that is none of read-write and primary"],
		["postgresql://gateway:s3cret@db/usage?target_session_attrs=standby", "has a target_session_attrs that is none of read-write and primary"],
		["postgresql://gateway:s3cret@one,two/usage", "names several hosts: add target_session_attrs=read-write"],
		["postgresql://gateway:s3cret@one,two/usage?target_session_attrs=any", "names several hosts: add target_session_attrs=read-write"],
		["postgresql://gateway:s3cret@one,/usage?target_session_attrs=read-write", "has an empty place among its hosts"],
		["postgresql:///usage?host=one,/run&target_session_attrs=read-write", "has a unix socket among several hosts"],
		["postgresql://gateway:s3cret@db/usage?connect_timeout=0", "has a connect_timeout that is no whole number of seconds from 1 to 999"],
	])("%s is refused in words that do not tell its password", (url, problem) => {
		const refusal = (() => {
			try {
				return parseDatabaseUrl(url);
			} catch (error) {
				return (error as Error).message;
			}
		})();
		expect(refusal).toContain(problem);
		expect(refusal).not.toContain("s3");
	});

	test("is shown without user and password", () => {
		const shown = (url: string) => shownAddress(parseDatabaseUrl(url));
		expect(shown("postgresql://gateway:s3cret@db:5433,[::1]/usage?target_session_attrs=primary&sslpassword=pass")).toBe("db:5433,[::1]/usage");
		expect(shown("postgresql:///usage?host=/var/run/postgresql&port=5433")).toBe("/var/run/postgresql:5433/usage");
	});
});
