import { isTimeZone } from "./shared/billing-period.ts";
import { exitCodes, Failure } from "./shared/failure.ts";

/** Where the figures are kept: in this process (`directory`), or on a PostgreSQL server (`url`). */
export type DatabaseConfig = { kind: "embedded"; directory: string } | { kind: "server"; url: string };

export interface Config {
	/** Address to listen on; the embedded database, which may hold the demo's public tokens, allows loopback only. */
	host: string;
	/** Port to listen on; 0 takes a free one. */
	port: number;
	database: DatabaseConfig;
	/** IANA zone whose calendar makes the billing months. */
	timeZone: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const loopback = ["127.0.0.1", "::1", "localhost"];

/** Reads the configuration. Throws one Failure that names every problem at once. */
export function parseConfig(env: Environment): Config {
	const problems: string[] = [];
	const check = <Value>(value: Value, holds: boolean, problem: string): Value => {
		if (!holds) problems.push(problem);
		return value;
	};
	const given = (name: string) => (env[name] === "" ? undefined : env[name]);

	const portText = given("PORT") ?? "4000";
	const port = check(Number(portText), /^\d{1,5}$/.test(portText) && Number(portText) <= 65_535, `PORT must be a number from 0 to 65535, not "${portText}".`);
	const zone = given("TIME_ZONE") ?? "UTC";
	const timeZone = check(zone, isTimeZone(zone), `TIME_ZONE must be an IANA time zone such as Europe/Tallinn, not "${zone}".`);
	const url = given("DATABASE_URL");
	const database: DatabaseConfig = url === undefined ? { kind: "embedded", directory: given("DATA_DIR") ?? ".data" } : { kind: "server", url };
	if (url !== undefined) check(url, isPostgresUrl(url), "DATABASE_URL must look like postgresql://user:password@host:5432/database.");
	const host = given("HOST") ?? "127.0.0.1";
	check(
		host,
		database.kind === "server" || loopback.includes(host),
		`HOST must be one of ${loopback.join(", ")} with the embedded database, not "${host}": only a DATABASE_URL opens other addresses.`,
	);

	if (problems.length > 0) throw new Failure(problems.join(" "), exitCodes.badConfig);
	return { host, port, database, timeZone };
}

function isPostgresUrl(text: string): boolean {
	if (!URL.canParse(text)) return false;
	const { protocol, pathname } = new URL(text);
	return ["postgres:", "postgresql:"].includes(protocol) && pathname.length > 1;
}
