/** One of the servers that a URL names. */
export interface ServerHost {
	/** A name, an address, or the folder of a unix socket, which begins with a slash; undefined when the URL leaves it to PGHOST. */
	readonly name: string | undefined;
	/** Undefined when the URL leaves it to PGPORT. */
	readonly port: number | undefined;
}

/** How a connection is encrypted, and what the server's certificate has to show, as in libpq. */
export interface Tls {
	readonly mode: "prefer" | "require" | "verify-ca" | "verify-full";
	/** File of the authorities that certificates are checked against; undefined for those of Node. */
	readonly rootCertificate: string | undefined;
	/** File of the certificate that the service shows, of its key, and what the key is encrypted with. */
	readonly certificate: string | undefined;
	readonly key: string | undefined;
	readonly passphrase: string | undefined;
	/** Whether TLS begins with the first byte, which PostgreSQL 17 or newer takes. */
	readonly direct: boolean;
}

/** A server that takes changes; or one that is no standby. In the words of libpq. */
export type WantedServer = "read-write" | "primary";

/** A database on a PostgreSQL server, and how it is connected to. */
export interface DatabaseAddress {
	/** One or more, in the order in which they are to be tried. */
	readonly hosts: readonly [ServerHost, ...ServerHost[]];
	readonly database: string;
	/** Undefined when the URL leaves them to PGUSER and PGPASSWORD. */
	readonly user: string | undefined;
	readonly password: string | undefined;
	/** `off` for none; undefined when the URL leaves it to PGSSLMODE, without which there is none. */
	readonly tls: Tls | "off" | undefined;
	/** How long a server may take for a new connection, in milliseconds. */
	readonly connectTimeout: number | undefined;
	/** What the server's lists show of the service's connections. */
	readonly applicationName: string | undefined;
	/** Settings that each session begins with, as `-c name=value`. */
	readonly options: string | undefined;
	/** What the one of the hosts that is connected to has to be; undefined when there is only one. */
	readonly wanted: WantedServer | undefined;
}

/** What is wrong with a URL, as the rest of a sentence that begins with the variable's name; nothing secret is in it. */
export class DatabaseUrlProblem extends Error {
	override readonly name = "DatabaseUrlProblem";
}

const modes = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;

const shape = "must look like postgresql://user:password@host:5432/database";
const notEncoded = `${shape}, with what is special in user and password percent-encoded`;

/** What libpq knows, and is accepted only when it asks for what happens anyway. */
const harmless: Readonly<Record<string, RegExp>> = {
	client_encoding: /^(utf-?8|auto)$/i,
	channel_binding: /^(disable|prefer)$/,
	gssencmode: /^(disable|prefer)$/,
	load_balance_hosts: /^disable$/,
};

const supported = [
	...["host", "port", "dbname", "user", "password", "application_name", "fallback_application_name", "connect_timeout", "options"],
	...["sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslnegotiation", "target_session_attrs"],
];

type Parameters = ReadonlyMap<string, string>;

/**
 * Reads where a database is: a URL as libpq takes it (`postgresql://` or `postgres://`, several hosts included), libpq's
 * `host=… dbname=…`, or `socket:/folder?db=…`. Reads no file. Throws a DatabaseUrlProblem that never repeats what may be secret.
 */
export function parseDatabaseUrl(text: string): DatabaseAddress {
	const given = parametersOf(text);
	for (const [name, value] of given) {
		const isKnown = Object.hasOwn(harmless, name);
		if (supported.includes(name) || (isKnown && harmless[name]?.test(value))) continue;
		const named = /@/.test(text.slice(text.indexOf("?") + 1)) || !/^\w{1,40}$/.test(name) ? "a parameter" : name;
		throw new DatabaseUrlProblem(`has ${named}${isKnown ? " in a way" : ""} that is not supported: there are ${supported.join(", ")}`);
	}
	const database = given.get("dbname") ?? "";
	if (database === "") throw new DatabaseUrlProblem(`must name a database: it ${shape}`);
	const hosts = hostsOf(given.get("host") ?? "", given.get("port") ?? "");
	const wanted = wantedOf(given.get("target_session_attrs") || "any");
	if (hosts.length > 1 && wanted === undefined)
		throw new DatabaseUrlProblem("names several hosts: add target_session_attrs=read-write, so that the one that takes changes is used");
	return {
		hosts,
		database,
		user: given.get("user") || undefined,
		password: given.get("password") || undefined,
		tls: tlsOf(given),
		connectTimeout: connectTimeoutOf(given.get("connect_timeout")),
		applicationName: given.get("application_name") || given.get("fallback_application_name") || undefined,
		options: given.get("options") || undefined,
		wanted,
	};
}

/** How an address is shown to people: without user and password. */
export const shownAddress = ({ hosts, database }: DatabaseAddress): string =>
	`${hosts.map(({ name = "", port }) => `${name.includes(":") ? `[${name}]` : name}${port === undefined ? "" : `:${port}`}`).join(",")}/${database}`;

function parametersOf(text: string): Parameters {
	const [, scheme, userInfo, hosts = "", path = "", query = ""] =
		/^(?:(postgres(?:ql)?):\/\/(?:([^/?]*)@)?([^/?]*)(?:\/([^?]*))?)(?:\?(.*))?$/s.exec(text) ??
		/^(socket):(?:\/\/(?:([^/]*)@)?)?()(\/[^?]*)(?:\?(.*))?$/s.exec(text) ??
		[];
	if (scheme === undefined) return words(text);
	if (path.includes("@")) throw new DatabaseUrlProblem(notEncoded); // what is before it is the end of a password with a slash
	const [, user = "", password = ""] = /^([^:]*)(?::(.*))?$/s.exec(userInfo ?? "") ?? [];
	const ofQuery = query.split("&").flatMap((part): [string, string][] => {
		const [, name = "", value] = /^([^=]*)(?:=(.*))?$/s.exec(part) ?? [];
		if (part === "") return [];
		if (value === undefined) throw new DatabaseUrlProblem(`has a parameter without a value: it ${shape}?name=value`);
		return [[scheme === "socket" && name === "db" ? "dbname" : decoded(name), decoded(value)]];
	});
	const { names, ports } = authority(hosts);
	const [host, dbname] = scheme === "socket" ? [decoded(path), ""] : [names, decoded(path)];
	const ofUrl = { user: decoded(user), password: decoded(password), host, port: ports, dbname };
	return new Map([...Object.entries(ofUrl).filter(([, value]) => value !== ""), ...ofQuery]);
}

/** The hosts of a URL, and their ports, each separated by commas. An IPv6 address is in brackets, whose colons are none of a port. */
function authority(text: string): { names: string; ports: string } {
	const parts = text.split(",").map((part) => /^(?:\[([^\]]*)\]|([^:]*))(?::([^:]*))?$/s.exec(part));
	if (parts.includes(null)) throw new DatabaseUrlProblem(notEncoded);
	const ports = parts.map((part) => part?.[3] ?? "");
	return { names: parts.map((part) => decoded(part?.[1] ?? part?.[2] ?? "")).join(","), ports: ports.some((port) => port !== "") ? ports.join(",") : "" };
}

/** libpq's form of keywords and values: `host=… dbname='…'`, with a backslash before quotes and backslashes. */
function words(text: string): Parameters {
	const word = /\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|$)/sy;
	const given = new Map<string, string>();
	const rest = text.trimEnd();
	while (word.lastIndex < rest.length) {
		const [, name, quoted, plain = ""] = word.exec(rest) ?? [];
		if (name === undefined) throw new DatabaseUrlProblem(shape);
		given.set(name, (quoted ?? plain).replaceAll(/\\(.)/gs, "$1"));
	}
	return given;
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw new DatabaseUrlProblem("has a % that encodes nothing: write it as %25");
	}
}

function hostsOf(hosts: string, ports: string): DatabaseAddress["hosts"] {
	const names = hosts.split(",");
	if (names.length > 1 && names.includes("")) throw new DatabaseUrlProblem("has an empty place among its hosts");
	if (names.length > 1 && names.some((name) => name.startsWith("/"))) throw new DatabaseUrlProblem("has a unix socket among several hosts");
	const numbers = ports.split(",");
	if (numbers.length > 1 && numbers.length !== names.length) throw new DatabaseUrlProblem("must have one port, or one for each host");
	const [first, ...others] = names.map((name, at): ServerHost => {
		const port = numbers[numbers.length === 1 ? 0 : at] ?? "";
		if (port !== "" && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535))
			throw new DatabaseUrlProblem("has a port that is no number from 1 to 65535, or something special in user or password that is not percent-encoded");
		return { name: name === "" ? undefined : name, port: port === "" ? undefined : Number(port) };
	});
	return [first ?? { name: undefined, port: undefined }, ...others];
}

/** `require` with a file of authorities checks certificates against them, as it does in libpq; and files without a mode ask for all checks. */
function tlsOf(given: Parameters): DatabaseAddress["tls"] {
	const file = (name: string) => given.get(name) || undefined;
	const [root, certificate, key] = [file("sslrootcert"), file("sslcert"), file("sslkey")];
	const direct = oneOf("sslnegotiation", given.get("sslnegotiation") ?? "postgres", ["postgres", "direct"] as const) === "direct";
	const said = given.get("sslmode") || (root || certificate || key || direct ? "verify-full" : undefined);
	if (said === undefined) return undefined;
	const mode = oneOf("sslmode", said, modes);
	if (mode === "disable") return "off";
	if ((certificate === undefined) !== (key === undefined)) throw new DatabaseUrlProblem("must have sslcert and sslkey, or neither");
	if (mode === "verify-ca" && (root === undefined || root === "system"))
		throw new DatabaseUrlProblem("has sslmode=verify-ca without a file in sslrootcert: anybody can have a certificate of a public authority");
	if (direct && mode === "prefer") throw new DatabaseUrlProblem("has sslnegotiation=direct, which sslmode=require, verify-ca and verify-full have");
	return {
		mode: mode === "require" && root !== undefined ? (root === "system" ? "verify-full" : "verify-ca") : mode,
		rootCertificate: root === "system" ? undefined : root,
		certificate,
		key,
		passphrase: given.get("sslpassword") || undefined,
		direct,
	};
}

function wantedOf(attributes: string): WantedServer | undefined {
	if (attributes === "any") return undefined;
	if (attributes === "read-write" || attributes === "primary") return attributes;
	throw new DatabaseUrlProblem("has a target_session_attrs that is none of read-write and primary, for the service writes; or any, with one host");
}

function connectTimeoutOf(text: string | undefined): number | undefined {
	if (text === undefined || text === "") return undefined;
	if (!/^\d{1,3}$/.test(text) || Number(text) < 1) throw new DatabaseUrlProblem("has a connect_timeout that is no whole number of seconds from 1 to 999");
	return Number(text) * 1_000;
}

function oneOf<Value extends string>(name: string, text: string, values: readonly Value[]): Value {
	const found = values.find((value) => value === text);
	if (found === undefined) throw new DatabaseUrlProblem(`has a ${name} that is none of ${values.join(", ")}`);
	return found;
}
