import { describe, expect, inject, test } from "vitest";
import { type Database, observedDatabase } from "../../src/database/database.ts";
import { lockOfferings } from "../../src/database/lock.ts";
import { sql } from "../../src/database/sql.ts";
import { folderSource } from "../../src/import/folder.source.ts";
import { importDataset } from "../../src/import/import.ts";
import type { Source } from "../../src/import/source.ts";
import { changed, id, smallWorld, stored, worldWith } from "./small-world.ts";
import { importFolder, testDatabase, testFolders } from "./support.ts";

const database = testDatabase();
const folder = testFolders();
const onServer = test.skipIf(inject("templates").engine === "PGlite");

const removing = (removed = true) => worldWith({ projects: changed("projects", { is_removed: removed }) });

/** Whether the project, its resource and its usage record are removed. */
async function removals(): Promise<boolean[]> {
	const [row] = await database().rows<{ removed: boolean[] }>(sql`
		select array[p."isRemoved", r."projectIsRemoved", u."projectIsRemoved"] as "removed"
		from "Project" p join "Resource" r on r."projectUuid" = p."uuid" join "ComponentUsage" u on u."resourceUuid" = r."uuid"
	`);
	return row?.removed ?? [];
}

const all = [true, true, true];
const none = [false, false, false];

/** What a report of another offering waits for first. */
const report = (): Promise<unknown> => database().transaction((tx) => lockOfferings(tx, [stored(999)]));

describe.each([true, false])("an import (strict: %s) that removes a project", (strict) => {
	test("removes it with all that belongs to it, counts it as updated, and restores it", async () => {
		await importFolder(database(), await folder(smallWorld()));
		expect(await removals()).toEqual(none);
		expect(await importFolder(database(), await folder(removing()), { strict })).toMatchObject({ updated: 1 });
		expect(await removals()).toEqual(all);
		expect(await importFolder(database(), await folder(removing()), { strict })).toMatchObject({ updated: 0 });
		expect(await importFolder(database(), await folder(removing(false)), { strict })).toMatchObject({ updated: 1 });
		expect(await removals()).toEqual(none);
	});

	test("changes what is stored otherwise and nothing else: no project that is as it was waits for who counts", async () => {
		const { projects, ...others } = smallWorld();
		const many = (removed: number) => [...Array(20).keys()].map((index) => ({ ...projects[0], uuid: id(30 + index), is_removed: index < removed }));
		const changesAlone = async (removed: number) => {
			let changes = 0;
			const observed = observedDatabase(database(), ({ text }) => void (text.includes("pg_advisory_xact_lock(hashtextextended('who counts'") && changes++));
			await importFolder(observed, await folder({ ...others, projects: many(removed) }), { strict });
			return changes;
		};
		await changesAlone(5);
		expect([await changesAlone(5), await changesAlone(7), await changesAlone(7)]).toEqual([0, 2, 0]);
	});

	test("takes the later of two records of it", async () => {
		await importFolder(database(), await folder(smallWorld()));
		const [project] = smallWorld().projects;
		const twice = (first: boolean, second: boolean) => ({ projects: [first, second].map((is_removed) => ({ ...project, is_removed })) });
		await importFolder(database(), await folder(twice(true, false)), { strict });
		expect(await removals()).toEqual(none);
		await importFolder(database(), await folder(twice(false, true)), { strict });
		expect(await removals()).toEqual(all);
	});

	onServer("lets reports of others by while it reads what follows", async () => {
		await importFolder(database(), await folder(smallWorld()));
		const inner = folderSource(await folder(removing()));
		const source: Source = {
			...inner,
			read: async function* (list) {
				if (list === "customer-quotas") await report();
				yield* inner.read(list);
			},
		};
		await importDataset({ database: database(), source, timeZone: "UTC", strict, evaluatePolicies: async () => {} });
		expect(await removals()).toEqual(all);
	});

	onServer("lets reports by while another transaction keeps who counts as it is", async () => {
		await importFolder(database(), await folder(smallWorld()));
		const source = await folder(removing());
		let importing: Promise<unknown> | undefined;
		await database().transaction(async (tx) => {
			await lockOfferings(tx, [stored(50)]);
			importing = importFolder(database(), source, { strict });
			// The import waits for this transaction by now, and those that come later do not wait for the import for long.
			while (!(await isWaiting())) await report();
			await report();
		});
		await importing;
		expect(await removals()).toEqual(all);
	});

	onServer("says once that it waits for those who keep who counts as it is", async () => {
		await importFolder(database(), await folder(smallWorld()));
		const source = await folder(removing());
		const lines: string[] = [];
		let importing: Promise<unknown> | undefined;
		await database().transaction(async (tx) => {
			await lockOfferings(tx, [stored(50)]);
			await new Promise<void>((told) => {
				const tell = (line: string) => told(void lines.push(line));
				importing = importFolder(database(), source, { strict, tell });
			});
			while (!(await isWaiting())); // again
			while (await isWaiting()); // and again without success
		});
		await importing;
		expect(lines).toEqual([expect.stringMatching(/^Other transactions .* waiting until projects can be removed or restored/)]);
	});

	test("that is killed before it has removed it does so when it runs again", async () => {
		await importFolder(database(), await folder(smallWorld()));
		const source = await folder(removing());
		await expect(importFolder(dyingOnceWritten(), source, { strict })).rejects.toThrow("killed");
		expect(await removals()).toEqual(none);
		expect(await importFolder(database(), source, { strict })).toMatchObject({ updated: 1 });
		expect(await removals()).toEqual(all);
	});
});

test("a strict import of which a record is refused removes no project", async () => {
	await importFolder(database(), await folder(smallWorld()));
	const refused = { ...removing(), "marketplace-component-user-usages": changed("marketplace-component-user-usages", { component_usage: id(404) }) };
	expect(await importFolder(database(), await folder(refused), { strict: true })).toMatchObject({ written: false });
	expect(await removals()).toEqual(none);
});

/** Some transaction waits for another one's lock of who counts. */
async function isWaiting(): Promise<boolean> {
	const waiting = await database().rows(sql`
		select from pg_locks where "locktype" = 'advisory' and not "granted" and "database" = (select oid from pg_database where datname = current_database()) limit 1
	`);
	return waiting.length > 0;
}

/** The database of a process that dies when the records of projects are in. */
function dyingOnceWritten(): Database {
	const isWritten = async () => {
		const [project] = await database().rows<{ modified: Date; created: Date }>(sql`select "modified", "created" from "Project"`);
		return project !== undefined && project.modified > project.created;
	};
	return {
		...database(),
		transaction: async (work) => {
			if (await isWritten()) throw new Error("killed");
			return database().transaction(work);
		},
	};
}
