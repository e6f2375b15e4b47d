import { isTimeZone } from "./shared/billing-period.ts";
import { exitCodes, Failure } from "./shared/failure.ts";

/** Where the figures are kept: in this process (`directory`), or on a PostgreSQL server (`url`). */
export type DatabaseConfig = { kind: "embedded"; directory: string } | { kind: "server"; url: string };

/** A mail server that takes messages by SMTP. */
export interface MailServer {
	host: string;
	port: number;
	/** TLS from the first byte; otherwise as soon as the server offers it. */
	secure: boolean;
	user: string | undefined;
	password: string | undefined;
}

export interface Config {
	/** Address to listen on; the embedded database, which may hold the demo's public tokens, allows loopback only. */
	host: string;
	/** Port to listen on; 0 takes a free one. */
	port: number;
	database: DatabaseConfig;
	/** IANA zone whose calendar makes the billing months. */
	timeZone: string;
	/** Where notifications are handed in; without one they are not sent. */
	mailServer: MailServer | undefined;
	/** Address that notifications come from. */
	mailFrom: string;
	/** For how many days subscribers can go on from where they stopped. */
	alertRetention: number;
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
	const days = given("ALERT_RETENTION") ?? "30";
	const alertRetention = check(
		Number(days),
		/^\d{1,4}$/.test(days) && Number(days) >= 1,
		`ALERT_RETENTION must be a whole number of days from 1 to 9999, not "${days}".`,
	);
	const smtp = given("SMTP_URL");
	const mailServer = smtp === undefined ? undefined : mailServerOf(smtp);
	check(smtp, smtp === undefined || mailServer !== undefined, "SMTP_URL must look like smtp://user:password@host:587 or smtps://user:password@host.");
	const from = given("SMTP_FROM") ?? "usage-gateway@localhost";
	const mailFrom = check(
		from,
		/^[^\s@,:;<>"()[\]\\]+@[^\s@,:;<>"()[\]\\]+$/.test(from),
		`SMTP_FROM must be an e-mail address such as alerts@example.org, not "${from}".`,
	);

	if (problems.length > 0) throw new Failure(problems.join(" "), exitCodes.badConfig);
	return { host, port, database, timeZone, mailServer, mailFrom, alertRetention };
}

function isPostgresUrl(text: string): boolean {
	if (!URL.canParse(text)) return false;
	const { protocol, pathname } = new URL(text);
	return ["postgres:", "postgresql:"].includes(protocol) && pathname.length > 1;
}

/** The server behind an smtp:// or smtps:// address; undefined for what is none. Nothing but user, password, host and port may be in it. */
function mailServerOf(text: string): MailServer | undefined {
	if (!URL.canParse(text)) return undefined;
	const { protocol, username, password, hostname, port, pathname, search, hash } = new URL(text);
	if (!["smtp:", "smtps:"].includes(protocol) || hostname === "" || pathname.length > 1 || search !== "" || hash !== "") return undefined;
	const secure = protocol === "smtps:";
	try {
		return {
			host: hostname.replace(/^\[(.*)\]$/, "$1"),
			port: port === "" ? (secure ? 465 : 587) : Number(port),
			secure,
			user: username === "" ? undefined : decodeURIComponent(username),
			password: password === "" ? undefined : decodeURIComponent(password),
		};
	} catch {
		return undefined; // a % that escapes nothing
	}
}
