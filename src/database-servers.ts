/** Where a server listens. */
export interface ServerAddress {
	readonly host: string;
	readonly port: number;
}

/** The servers that a URL of PostgreSQL names. */
export interface DatabaseServers {
	/** The URL of the first of them alone, as the driver takes it. */
	readonly url: string;
	/** All of them, in their order. */
	readonly addresses: readonly ServerAddress[];
	/** What the one that is connected to has to be, in libpq's words; undefined for whatever the one that there is may be. */
	readonly wanted: WantedServer | undefined;
}

/** One that takes changes; or one that is no standby. */
export type WantedServer = "read-write" | "primary";

/** The URL names servers in a way that the service cannot work with. */
export class BadServers extends Error {
	override readonly name = "BadServers";
}

const parameter = "target_session_attrs";

/**
 * The servers of `postgresql://user:password@host1:5432,host2:5432/database?target_session_attrs=read-write`. The parameter is
 * the service's own: the driver does not know it. Throws BadServers, whose message does not repeat the URL.
 */
export function serversOf(text: string): DatabaseServers {
	const [, before, listed = "", path = "", query = ""] = /^(\w+:\/\/(?:[^/?#@]*@)?)([^/?#]*)([^?#]*)\??(.*)$/.exec(text) ?? [];
	if (before === undefined) return { url: text, addresses: [], wanted: undefined };
	const parameters = query.split("&").filter((part) => part !== "");
	const attributes = parameters.filter((part) => part.startsWith(`${parameter}=`)).map((part) => part.slice(parameter.length + 1));
	const rest = parameters.filter((part) => !part.startsWith(`${parameter}=`)).join("&");
	const hosts = listed.split(",");
	const wanted = wantedOf(attributes.at(-1) ?? "any");
	if (hosts.length > 1 && hosts.includes("")) throw new BadServers("DATABASE_URL has an empty place among its hosts.");
	if (hosts.length > 1 && wanted === undefined)
		throw new BadServers(`DATABASE_URL names several hosts: add ${parameter}=read-write, so that the one that takes changes is used.`);
	return {
		url: `${before}${hosts[0]}${path}${rest === "" ? "" : `?${rest}`}`,
		addresses: wanted === undefined ? [] : hosts.map(addressOf),
		wanted,
	};
}

function wantedOf(attributes: string): WantedServer | undefined {
	if (attributes === "any") return undefined;
	if (attributes === "read-write" || attributes === "primary") return attributes;
	throw new BadServers(`${parameter} of DATABASE_URL must be read-write or primary, for the service writes; or any, with one host.`);
}

function addressOf(text: string): ServerAddress {
	const [, bracketed, name, port = "5432"] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
	const host = bracketed ?? name;
	if (host === undefined || Number(port) < 1 || Number(port) > 65_535) throw new BadServers("DATABASE_URL has a host that is none, such as host:5432.");
	return { host: decodeURIComponent(host), port: Number(port) };
}
