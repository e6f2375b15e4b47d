import type { Duplex } from "node:stream";
import type pg from "pg";
import type { DatabaseAddress, ServerHost } from "./database-url.ts";
import { PreferringConnection, tlsOptions } from "./tls.ts";

/** What the driver needs to know to connect to a host; with what its types leave out. */
export type ClientConfig = Omit<pg.ClientConfig, "stream"> & { stream: () => Duplex; connection?: pg.Connection };

/** Whether and when a connection that says nothing finds out that its other end is gone. */
export type KeepAlive = Pick<pg.ClientConfig, "keepAlive" | "keepAliveInitialDelayMillis">;

/** How to connect to the hosts of an address, each connection over a stream of its own. Throws when a file of its certificates cannot be read. */
export function clientConfigs({
	database,
	user,
	password,
	tls,
	options,
}: DatabaseAddress): (host: ServerHost, stream: () => Duplex, kept?: KeepAlive) => ClientConfig {
	const encryption = tls === undefined || tls === "off" ? undefined : tlsOptions(tls);
	return ({ name, port }, stream, { keepAlive, keepAliveInitialDelayMillis } = {}) => {
		const plain = { database, user, password, options, host: name, port, stream };
		if (tls === undefined && !name?.startsWith("/")) return plain; // the driver reads PGSSLMODE
		if (tls === undefined || tls === "off" || encryption === undefined || name?.startsWith("/")) return { ...plain, ssl: false };
		const ssl = encryption();
		const encrypted = { ...plain, ssl, sslnegotiation: tls.direct ? ("direct" as const) : ("postgres" as const) };
		if (tls.mode !== "prefer") return encrypted;
		return { ...encrypted, connection: new PreferringConnection({ stream, ssl, keepAlive, keepAliveInitialDelayMillis } as pg.ConnectionConfig) };
	};
}
