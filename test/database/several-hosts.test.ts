import { type AddressInfo, createServer, connect as tcp } from "node:net";
import { expect, inject, test } from "vitest";
import { openPostgres } from "../../src/database/postgres.ts";
import { sql } from "../../src/database/sql.ts";
import { usualWaits } from "../../src/database/waits.ts";
import { freshDatabase, urlOf } from "../support/database.ts";

/** Nobody's: a port that was free a moment ago could be somebody's by now. */
const gone = "127.0.0.1:2";

test.skipIf(inject("templates").engine !== "PostgreSQL")(
	"statements, notifications and probes go to the host that takes changes (skipped without PostgreSQL)",
	async () => {
		const fresh = await freshDatabase("empty");
		const { host, pathname, username } = new URL(await urlOf(fresh));
		const of = (hosts: string) => openPostgres(`postgresql://${username}@${hosts}${pathname}?target_session_attrs=read-write`);
		const database = await of(`${gone},${host}`);
		const notified = new Promise((resolve) => void database.listen("several_hosts", resolve));
		const probe = database.probe();
		await expect.poll(() => probe.answers(10_000)).toBe(true);
		await database.rows(sql`create table "Written" ()`);
		// As it is while a standby is promoted: there are servers, and none takes changes.
		await fresh.withSession((session) => session.script(`alter database "${pathname.slice(1)}" set default_transaction_read_only = on`));
		await expect(of(`${gone},${host}`)).rejects.toMatchObject({ code: "ECONNREFUSED" });
		await expect(of(host)).rejects.toMatchObject({ code: "ETIMEDOUT", message: "None of the servers takes changes." });
		await database.rows(sql`select pg_notify('several_hosts', 'told')`);

		expect(await notified).toBe("told");
		probe.close();
		await database.close();
		await fresh.close();
	},
);

test.skipIf(inject("templates").engine !== "PostgreSQL")(
	"servers that take longer than usual to connect to are waited for at a start (skipped without PostgreSQL)",
	async () => {
		const fresh = await freshDatabase("empty");
		const { hostname, port, pathname, username } = new URL(await urlOf(fresh));
		const slow = createServer((client) => {
			const server = tcp(Number(port), hostname);
			for (const each of [client, server]) each.on("error", () => {});
			setTimeout(() => client.pipe(server).pipe(client), 300);
		});
		await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
		const hosts = `${gone},127.0.0.1:${(slow.address() as AddressInfo).port}`;
		const url = `postgresql://${username}@${hosts}${pathname}?target_session_attrs=read-write`;
		const database = await openPostgres(url, { waits: { ...usualWaits, connect: 100 } });

		expect(database.engine).toBe("PostgreSQL");
		await database.close();
		slow.close();
		await fresh.close();
	},
);
