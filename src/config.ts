import { accessSync, constants } from "node:fs";
import { DatabaseUrlProblem, parseDatabaseUrl } from "./database/database-url.ts";
import type { DatabaseConfig } from "./database/open.ts";
import { type MailServer, mailServerOf } from "./domain/notification/mail.transport.ts";
import { isHost, isHttpUrl, isOrigin, isRange } from "./shared/addresses.ts";
import { baseAddress } from "./shared/base-address.ts";
import { isTimeZone } from "./shared/billing-period.ts";
import { exitCodes, Failure } from "./shared/failure.ts";
import { misspelt } from "./shared/misspelt.ts";
import { readSecret } from "./shared/secret.ts";

export interface Config {
	/** Address to listen on; the embedded database, which may hold the demo's public tokens, allows loopback only. */
	host: string;
	/** Port to listen on; 0 takes a free one. */
	port: number;
	database: DatabaseConfig;
	/** Whether every process that opens the database applies migrations that it lacks; off, it refuses a database that lacks some. */
	migrate: "on" | "off";
	/** IANA zone whose calendar makes the billing months. */
	timeZone: string;
	/** Where notifications are handed in; without one they are not sent. */
	mailServer: MailServer | undefined;
	/** Address that notifications come from. */
	mailFrom: string;
	/** How long, in milliseconds, a recipient is left in peace after a message about a policy, and until when one is sent. */
	notifications: { interval: number; maxAge: number };
	/** For how many days subscribers can go on from where they stopped. */
	alertRetention: number;
	/** Whether browsers are served GraphiQL. */
	graphiql: boolean;
	/** Who may ask what the schema is. */
	introspection: "everyone" | "signed-in" | "off";
	/** The most that one operation may cost. */
	maxCost: number;
	/** How long an operation may take, in milliseconds. */
	operationTimeout: number;
	/** A manifest of the only documents that are answered, or a folder of manifests; undefined for any document. */
	trustedDocuments: string | undefined;
	/** What a token may ask for each second, and ten times that at once; 0 for as much as it likes. */
	costPerSecond: number;
	/** Other origins whose pages may ask. */
	origins: readonly string[];
	/** Names and addresses by which the service may be called, besides those of loopback; any when undefined. */
	hosts: readonly string[] | undefined;
	/** What the router of a federation is known by; undefined where it is like any other client. */
	federationToken: string | undefined;
	/** Whether the REST API is served. */
	rest: boolean;
	/** Where clients reach the service, without a slash at its end: addresses of objects in the REST API are made of it. This computer when undefined. */
	publicUrl: string | undefined;
	/** How many connections are open at most: in all, and from one address. */
	connections: { all: number; perAddress: number };
	/** Addresses and ranges of proxies whose X-Forwarded-For is believed. */
	proxies: readonly string[];
	/** How long, in milliseconds, requests are served on after the service was asked to stop, and is not ready any more. */
	drain: number;
	/** Where health and metrics are served; undefined for nowhere. Port 0 takes a free one. */
	operations: { host: string; port: number } | undefined;
	/** Whether each operation is a line on the output. */
	log: "json" | "off";
	/** The Waldur that the service is kept in step with; undefined for none. */
	waldur: { url: URL; token: string | undefined; writes: boolean; interval: number } | undefined;
	/** How long an import waits, in milliseconds, when the Waldur that it reads asks for it. */
	importMaxWait: number;
	/** Base URL of the collector that traces are sent to. */
	tracing: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const loopback = ["127.0.0.1", "::1", "localhost"];

/** Reads the configuration as parseConfig, and names variables on the error stream whose names are probably misspelt. */
export function readConfig(env: Environment): Config {
	const warning = misspelt(env, ownVariables());
	if (warning !== undefined) process.stderr.write(`${warning}\n`);
	return parseConfig(env);
}

/** The names of all variables that are read. */
function ownVariables(): ReadonlySet<string> {
	const read = new Set(["WALDUR_TOKEN", "WALDUR_TOKEN_FILE"]);
	parseConfig(new Proxy({}, { get: (_, name) => void read.add(String(name)) }));
	return read;
}

/** The token for a Waldur that is imported from, if there is one. Throws a Failure when the file that holds it cannot be read. */
export function waldurToken(env: Environment): string | undefined {
	const { value, problem } = readSecret(env, "WALDUR_TOKEN");
	if (problem !== undefined) throw new Failure(problem, exitCodes.badConfig);
	return value;
}

/** Reads the configuration, and the files that its secrets are in. Throws one Failure that names every problem at once. */
export function parseConfig(env: Environment): Config {
	const problems: string[] = [];
	const check = <Value>(value: Value, holds: boolean, problem: string): Value => {
		if (!holds) problems.push(problem);
		return value;
	};
	const given = (name: string) => (env[name] === "" ? undefined : env[name]);
	/** Undefined when it is not given; empty, and of no further concern, when it cannot be read. */
	const secret = (name: string): string | undefined => {
		const { value, problem } = readSecret(env, name);
		if (problem === undefined) return value;
		return check("", false, problem);
	};
	const onOrOff = (name: string, usual: "on" | "off"): "on" | "off" => {
		const text = given(name) ?? usual;
		return check(text, text === "on" || text === "off", `${name} must be on or off, not "${text}".`) as "on" | "off";
	};
	const wholeNumber = (name: string, usual: number, least: number, max = 9_999_999): number => {
		const text = given(name) ?? String(usual);
		return check(
			Number(text),
			/^\d{1,7}$/.test(text) && Number(text) >= least && Number(text) <= max,
			`${name} must be a whole number from ${least} to ${max}, not "${text}".`,
		);
	};
	const portNamed = (name: string, text: string): number =>
		check(Number(text), /^\d{1,5}$/.test(text) && Number(text) <= 65_535, `${name} must be a number from 0 to 65535, not "${text}".`);
	const port = portNamed("PORT", given("PORT") ?? "4000");
	const zone = given("TIME_ZONE") ?? "UTC";
	const timeZone = check(zone, isTimeZone(zone), `TIME_ZONE must be an IANA time zone such as Europe/Tallinn, not "${zone}".`);
	const operationSeconds = wholeNumber("OPERATION_TIMEOUT", 10, 1, 3_600);
	const statementSeconds = wholeNumber("STATEMENT_TIMEOUT", Math.min(4, Math.max(1, operationSeconds || 1)), 1, 3_600);
	check(
		statementSeconds,
		!(statementSeconds > operationSeconds),
		`STATEMENT_TIMEOUT, ${statementSeconds} seconds, must not be longer than OPERATION_TIMEOUT, ${operationSeconds}: nobody would wait for what it ends.`,
	);
	const statementTimeout = statementSeconds * 1_000;
	const poolSize = wholeNumber("POOL_SIZE", 10, 2, 1_000);
	const url = secret("DATABASE_URL");
	const listenUrl = secret("DATABASE_LISTEN_URL");
	const prepared = onOrOff("PREPARED_STATEMENTS", "on");
	const database: DatabaseConfig =
		url === undefined
			? { kind: "embedded", directory: given("DATA_DIR") ?? ".data" }
			: { kind: "server", url, listenUrl, preparedStatements: prepared === "on", poolSize, statementTimeout };
	const urls = { DATABASE_URL: url, DATABASE_LISTEN_URL: listenUrl };
	for (const [name, each] of Object.entries(urls)) {
		const urlProblem = each === undefined || each === "" ? undefined : problemOf(each);
		check(each, urlProblem === undefined, `${name} ${urlProblem}.`);
	}
	check(listenUrl, listenUrl === undefined || url !== undefined, "DATABASE_LISTEN_URL must be beside a DATABASE_URL, of the same database.");
	const migrate = onOrOff("MIGRATE", "on");
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
	const smtp = secret("SMTP_URL");
	const mailServer = smtp === undefined ? undefined : mailServerOf(smtp);
	check(
		smtp,
		smtp === undefined || smtp === "" || mailServer !== undefined,
		"SMTP_URL must look like smtp://user:password@host:587 or smtps://user:password@host.",
	);
	const from = given("SMTP_FROM") ?? "usage-gateway@localhost";
	const mailFrom = check(
		from,
		/^[^\s@,:;<>"()[\]\\]+@[^\s@,:;<>"()[\]\\]+$/.test(from),
		`SMTP_FROM must be an e-mail address such as alerts@example.org, not "${from}".`,
	);

	const isEmbedded = database.kind === "embedded";
	const graphiql = onOrOff("GRAPHIQL", isEmbedded ? "on" : "off") === "on";
	const told = given("INTROSPECTION") ?? (isEmbedded ? "everyone" : "signed-in");
	const introspection = check(told, isIntrospection(told), `INTROSPECTION must be everyone, signed-in or off, not "${told}".`) as Config["introspection"];
	const interval = wholeNumber("NOTIFICATION_INTERVAL", 60, 0) * 60_000;
	const notifications = { interval, maxAge: wholeNumber("NOTIFICATION_MAX_AGE", 24, 1) * 3_600_000 };
	check(
		interval,
		interval < notifications.maxAge,
		"NOTIFICATION_INTERVAL, in minutes, must be shorter than NOTIFICATION_MAX_AGE, in hours: what waits for the one would be too old.",
	);
	const maxCost = wholeNumber("COST_LIMIT", 1_000, 1);
	const costPerSecond = wholeNumber("RATE_LIMIT", 100, 0);
	const atOnce = costPerSecond * 10;
	check(
		maxCost,
		costPerSecond === 0 || maxCost <= atOnce,
		`COST_LIMIT must not be more than ten times RATE_LIMIT, ${atOnce}: a token could never ask for an operation of ${maxCost}.`,
	);
	const listed = (name: string): string[] => (given(name) ?? "").split(",").flatMap((item) => item.trim() || []);
	const origins = listed("CORS_ORIGINS");
	for (const origin of origins) check(origin, isOrigin(origin), `CORS_ORIGINS must hold origins such as https://portal.example.org, not "${origin}".`);
	const named = listed("ALLOWED_HOSTS");
	for (const name of named) check(name, isHost(name), `ALLOWED_HOSTS must hold names or addresses such as usage.example.org, without a port, not "${name}".`);
	const hosts = named.length > 0 || isEmbedded ? [host, ...named] : undefined;
	const federationToken = secret("FEDERATION_TOKEN");
	check(
		federationToken,
		!federationToken || /^[\x21-\x7e]{32,}$/.test(federationToken),
		"FEDERATION_TOKEN must be at least 32 characters of ASCII without spaces, such as what openssl rand -hex 32 prints.",
	);
	const rest = onOrOff("REST", "on") === "on";
	const reached = given("PUBLIC_URL");
	const publicUrl = check(
		reached?.replace(/\/$/, ""),
		reached === undefined || isPlace(reached),
		`PUBLIC_URL must look like https://usage.example.org, perhaps with a path, not "${reached}".`,
	);
	const connections = { all: wholeNumber("CONNECTION_LIMIT", 10_000, 1), perAddress: wholeNumber("ADDRESS_CONNECTION_LIMIT", 1_000, 1) };
	const proxies = listed("TRUST_PROXY");
	for (const range of proxies) check(range, isRange(range), `TRUST_PROXY must hold addresses or ranges such as 10.0.0.7 or 10.0.0.0/8, not "${range}".`);

	const seconds = given("DRAIN_SECONDS") ?? "0";
	const drain =
		check(Number(seconds), /^\d{1,3}$/.test(seconds) && Number(seconds) <= 600, `DRAIN_SECONDS must be a whole number from 0 to 600, not "${seconds}".`) *
		1_000;

	const importMaxWait = wholeNumber("IMPORT_MAX_WAIT", 300, 0, 86_400) * 1_000;
	const operationsPort = given("OPERATIONS_PORT");
	const operationsHost = given("OPERATIONS_HOST") ?? "127.0.0.1";
	const operations = operationsPort === undefined ? undefined : { host: operationsHost, port: portNamed("OPERATIONS_PORT", operationsPort) };
	const logged = logFormat(env);
	const log = check(logged, logged === "json" || logged === "off", `LOG must be json or off, not "${logged}".`) as Config["log"];
	const tracing = given("OTEL_EXPORTER_OTLP_ENDPOINT");
	check(tracing, tracing === undefined || isHttpUrl(tracing), "OTEL_EXPORTER_OTLP_ENDPOINT must look like http://127.0.0.1:4318.");

	const waldurUrl = given("WALDUR_URL");
	check(
		waldurUrl,
		waldurUrl === undefined || (isHttpUrl(waldurUrl) && !waldurUrl.includes("@")),
		"WALDUR_URL must look like https://waldur.example.org/api/, without user or password.",
	);
	const written = onOrOff("WALDUR_WRITE", "off");
	check(written, written === "off" || waldurUrl !== undefined, "WALDUR_WRITE must be beside a WALDUR_URL: the Waldur that is written to.");
	const syncInterval = wholeNumber("SYNC_INTERVAL", 60, 5, 86_400) * 1_000;
	const waldurSecret = waldurUrl === undefined ? undefined : secret("WALDUR_TOKEN"); // commands that are given an address read it by themselves

	if (problems.length > 0) throw new Failure(problems.join(" "), exitCodes.badConfig);
	return {
		host,
		port,
		database,
		migrate,
		timeZone,
		mailServer,
		mailFrom,
		notifications,
		alertRetention,
		graphiql,
		introspection,
		maxCost,
		operationTimeout: operationSeconds * 1_000,
		costPerSecond,
		trustedDocuments: given("TRUSTED_DOCUMENTS"),
		origins,
		hosts,
		federationToken,
		rest,
		publicUrl,
		connections,
		proxies,
		drain,
		operations,
		log,
		importMaxWait,
		tracing,
		waldur:
			waldurUrl === undefined ? undefined : { url: baseAddress(waldurUrl), token: waldurSecret || undefined, writes: written === "on", interval: syncInterval },
	};
}

/** How the service writes its request log, unless it is given: for machines beside a server. */
const logFormat = ({ LOG, DATABASE_URL, DATABASE_URL_FILE }: Environment): string => LOG || (DATABASE_URL || DATABASE_URL_FILE ? "json" : "off");

const isIntrospection = (text: string): text is Config["introspection"] => ["everyone", "signed-in", "off"].includes(text);

/** An http(s) URL of host and path alone, written as a browser writes it: it stands in headers and in JSON as it is. */
function isPlace(text: string): boolean {
	if (!isHttpUrl(text)) return false;
	const { origin, pathname } = new URL(text);
	return text.replace(/\/$/, "") === `${origin}${pathname}`.replace(/\/$/, "");
}

/** What is wrong with the URL, as the rest of a sentence; undefined when nothing is. */
function problemOf(databaseUrl: string): string | undefined {
	try {
		const { tls } = parseDatabaseUrl(databaseUrl);
		const files = tls === undefined || tls === "off" ? [] : [tls.rootCertificate, tls.certificate, tls.key];
		for (const file of files) if (file !== undefined) accessSync(file, constants.R_OK);
		return undefined;
	} catch (error) {
		if (error instanceof DatabaseUrlProblem) return error.message;
		if (error instanceof Error && "code" in error) return `names a file of TLS that cannot be read (${error.code})`;
		throw error;
	}
}
