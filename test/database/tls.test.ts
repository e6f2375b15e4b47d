import { execFileSync } from "node:child_process";
import { chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, Socket, connect as tcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { openPostgres } from "../../src/database/postgres.ts";
import { raw, sql } from "../../src/database/sql.ts";
import { run } from "../command/process.ts";
import { isServerInstalled, type OwnServer, startOwnServer } from "../support/postgres-server.ts";
import { patient } from "../support/templates.setup.ts";

const isThere = (() => {
	try {
		execFileSync("openssl", ["version"], { stdio: "ignore" });
		return isServerInstalled();
	} catch {
		return false;
	}
})();

interface Seen {
	readonly ssl: boolean;
	readonly subject: string | null;
}

/** What the server knows of a connection by that URL. */
async function seenBy(url: string): Promise<Seen | undefined> {
	const database = await openPostgres(url, { waits: patient, connections: 2 });
	const rows = await database
		.rows<Seen>(sql`select "ssl", "client_dn" as "subject" from "pg_stat_ssl" where "pid" = pg_backend_pid()`)
		.finally(() => database.close());
	return rows[0];
}

describe.skipIf(!isThere)("a server with a self-signed certificate (skipped without openssl and npm's PostgreSQL)", () => {
	let server: OwnServer;
	let port: string;
	const folder = mkdtempSync(join(tmpdir(), "usage-gateway-tls-"));
	const [certificate, key] = [join(folder, "server.crt"), join(folder, "server.key")];
	const parameters = (text: string) => text.replaceAll("CRT", certificate).replaceAll("KEY", key);

	beforeAll(async () => {
		const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=gateway"];
		execFileSync("openssl", ["req", "-x509", ...made, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate], { stdio: "ignore" });
		server = startOwnServer("tls");
		({ port } = new URL(server.url));
		const database = await openPostgres(server.url, { waits: patient, connections: 2 });
		const [row] = await database.rows<{ data: string }>(sql`select current_setting('data_directory') as "data"`);
		const data = row?.data ?? "";
		const { uid, gid } = statSync(data);
		for (const [file, name] of [
			[certificate, "server.crt"],
			[key, "server.key"],
		] as const) {
			writeFileSync(join(data, name), readFileSync(file), { mode: 0o600 });
			chownSync(join(data, name), uid, gid);
		}
		for (const statement of ["alter system set ssl = on", "alter system set ssl_ca_file = 'server.crt'", "select pg_reload_conf()"])
			await database.rows(raw(statement));
		await database.close();
		await vi.waitFor(() => seenBy(`${server.url}?sslmode=require`), { timeout: 60_000 });
	}, 120_000);
	afterAll(async () => {
		await server?.stop();
		rmSync(folder, { recursive: true });
	});

	test.each([
		["sslmode=disable", false],
		["sslmode=prefer", true],
		["sslmode=require", true],
		["sslmode=require&sslrootcert=CRT", true],
		["sslmode=verify-ca&sslrootcert=CRT", true],
		["sslmode=verify-full&sslrootcert=CRT", true],
		["sslmode=require&sslnegotiation=direct", true],
	])("%s: is encrypted: %s", async (query, ssl) => {
		expect(await seenBy(`${server.url}?${parameters(query)}`)).toMatchObject({ ssl });
	});

	test("a certificate of the service is shown to it", async () => {
		expect(await seenBy(`${server.url}?${parameters("sslmode=require&sslcert=CRT&sslkey=KEY")}`)).toEqual({ ssl: true, subject: "/CN=gateway" });
	});

	test("a certificate that nobody vouches for, or of another name, is refused where it is checked", async () => {
		const elsewhere = `postgresql://postgres@localhost:${port}/postgres`;
		await expect(seenBy(`${server.url}?sslmode=verify-full`)).rejects.toThrow(/self-signed certificate/);
		await expect(seenBy(`${elsewhere}?${parameters("sslmode=verify-full&sslrootcert=CRT")}`)).rejects.toThrow(/does not match/);
		expect(await seenBy(`${elsewhere}?${parameters("sslmode=verify-ca&sslrootcert=CRT")}`)).toMatchObject({ ssl: true });
	});

	test("what is abandoned is cancelled through TLS as well, however it begins", async () => {
		for (const query of ["sslmode=require", "sslmode=prefer", "sslmode=require&sslnegotiation=direct"]) {
			const database = await openPostgres(`${server.url}?${query}`, { waits: patient });
			const leaving = new AbortController();
			const caller = { key: "one", viewer: "one", abandoned: leaving.signal, took: () => {} };
			const slow = database.onBehalfOf(caller).rows(sql`select pg_sleep(${600}::float8)`);
			const isRunning = async () =>
				(await database.rows(sql`select from "pg_stat_activity" where "query" like 'select pg_sleep%' and "state" = 'active'`)).length;
			await expect.poll(isRunning, { timeout: 60_000 }).toBe(1);
			leaving.abort();
			await expect(slow).rejects.toThrow("Nobody waits for the answer any more.");
			await database.close();
		}
	});

	test("a command that connects with sslmode=require prints no warning", async () => {
		expect(await run("token", { DATABASE_URL: `${server.url}?sslmode=require` }, "list")).toEqual({
			exitCode: 0,
			stdout: "",
			stderr: "There are no tokens.\n",
		});
	});

	test("a file that cannot be read is told in one sentence", async () => {
		expect(await run("token", { DATABASE_URL: `${server.url}?sslmode=verify-full&sslrootcert=/none` }, "list")).toEqual({
			exitCode: 78,
			stdout: "",
			stderr: "DATABASE_URL names a file of TLS that cannot be read (ENOENT).\n",
		});
	});

	test("a unix socket is not encrypted, whatever is asked for", async () => {
		const socket = createServer(
			(client) =>
				void client
					.pipe(tcp(Number(port), "127.0.0.1"))
					.pipe(client)
					.on("error", () => {}),
		);
		await new Promise<void>((resolve) => socket.listen(join(folder, ".s.PGSQL.5433"), resolve));
		onTestFinished(() => void socket.close());
		expect(await seenBy(`postgresql:///postgres?user=postgres&port=5433&sslmode=require&host=${folder}`)).toMatchObject({ ssl: false });
		expect(await seenBy(`socket://postgres@${folder}?db=postgres&port=5433`)).toMatchObject({ ssl: false });
		expect(await seenBy(`host=${folder} port=5433 dbname=postgres user=postgres`)).toMatchObject({ ssl: false });
	});
});

const templates = inject("templates");

describe.skipIf(templates.engine !== "PostgreSQL")("a server without TLS (skipped without PostgreSQL)", () => {
	const url = templates.engine === "PostgreSQL" ? templates.url : "";

	test("is connected to where TLS is preferred, and not where it is required", async () => {
		expect(await seenBy(`${url}?sslmode=prefer`)).toMatchObject({ ssl: false });
		await expect(seenBy(`${url}?sslmode=require`)).rejects.toThrow("The server does not support SSL connections");
	});

	test("is told the end of each connection, and kept alive the one that listens, where TLS is preferred", async () => {
		const lastWords: string[] = [];
		const relay = createServer((client) => {
			let last = "";
			client.on("data", (sent: Buffer) => {
				last = sent.toString("latin1");
			});
			client.on("close", () => void lastWords.push(last));
			const { hostname, port } = new URL(url);
			const server = tcp(Number(port), hostname);
			for (const each of [client, server]) each.on("error", () => {});
			client.pipe(server).pipe(client);
		});
		await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
		onTestFinished(() => void relay.close());
		const keptAlive = vi.spyOn(Socket.prototype, "setKeepAlive");
		onTestFinished(() => keptAlive.mockRestore());
		const through = new URL(url);
		through.host = `127.0.0.1:${(relay.address() as AddressInfo).port}`;
		const database = await openPostgres(`${through}?sslmode=prefer`, { waits: patient });
		await (await database.listen("kept_alive", () => {}))();
		expect(keptAlive).toHaveBeenCalledWith(true, 10_000);

		await Promise.all([1, 2].map((number) => database.rows(sql`select ${number}::int`)));
		await expect.poll(() => lastWords.length).toBe(2); // of the connections of the start and of what listened, which are cut
		await database.close();
		await expect.poll(() => lastWords.slice(2)).toEqual(["X\0\0\0\x04", "X\0\0\0\x04"]);
	});
});
