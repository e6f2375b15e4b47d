import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import pg from "pg";
import type { Tls } from "./database-url.ts";

/**
 * What Node needs to know, for each connection anew: files may be renewed while the service runs. Throws when one cannot be
 * read at first; one that cannot be read later counts as it was before.
 */
export function tlsOptions(tls: Tls): () => ConnectionOptions {
	let files = filesOf(tls);
	return () => {
		try {
			files = filesOf(tls);
		} catch {} // it is being renewed
		if (tls.mode === "prefer" || tls.mode === "require") return { ...files, rejectUnauthorized: false };
		return tls.mode === "verify-ca" ? { ...files, checkServerIdentity: () => undefined } : files;
	};
}

function filesOf({ rootCertificate, certificate, key, passphrase }: Tls): ConnectionOptions {
	const read = (file: string) => readFileSync(file, "utf8");
	return {
		...(rootCertificate !== undefined && { ca: read(rootCertificate) }),
		...(certificate !== undefined && { cert: read(certificate) }),
		...(key !== undefined && { key: read(key) }),
		...(passphrase !== undefined && { passphrase }),
	};
}

/** What the driver's types leave out of its connections. */
interface Upgradable {
	stream: Socket;
	_keepAlive: boolean;
	_keepAliveInitialDelayMillis: number;
	/** Without it the driver takes it that there is nothing to end. */
	_connecting: boolean;
	_ending: boolean;
	upgradeToSSL(host: string | undefined, onError: (error: Error) => void): void;
	attachListeners(stream: Socket): void;
}

/** A connection that goes on without TLS at a server that has none: the driver's own ends there. */
export class PreferringConnection extends pg.Connection {
	connect(portOrPath: number | string, host?: string): void {
		const own = this as unknown as Upgradable;
		const { stream } = own;
		own._connecting = true;
		const failed = (error: NodeJS.ErrnoException) => {
			if (!own._ending || !["ECONNRESET", "EPIPE"].includes(error.code ?? "")) this.emit("error", error);
		};
		stream.setNoDelay(true);
		stream.once("connect", () => {
			if (own._keepAlive) stream.setKeepAlive(true, own._keepAliveInitialDelayMillis);
			this.emit("connect"); // upon which the client asks for TLS
		});
		stream.on("error", failed);
		stream.on("close", () => this.emit("end"));
		stream.once("data", (answer: Buffer) => {
			if (answer.toString("latin1") === "S") return own.upgradeToSSL(host, failed);
			if (answer.toString("latin1") !== "N") return void stream.destroy(new Error("There was an error establishing an SSL connection"));
			own.attachListeners(stream);
			this.emit("sslconnect"); // as if there were TLS now: the client begins its session
		});
		if (typeof portOrPath === "string") stream.connect(portOrPath);
		else stream.connect(portOrPath, host ?? "localhost");
	}
}
