import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { bytesLeft, reservedBytes } from "../../src/database/disk-space.ts";
import { openDatabase } from "../../src/database/open.ts";
import { raw, sql } from "../../src/database/sql.ts";
import { exitCodes } from "../../src/shared/failure.ts";

const disk = mkdtempSync(join(tmpdir(), "usage-gateway-disk-"));
const isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=224m", "tmpfs", disk]).status === 0;
afterAll(() => {
	if (isMounted) spawnSync("umount", [disk]);
	rmdirSync(disk);
});

const config = { kind: "embedded", directory: join(disk, "data") } as const;
const filler = join(disk, "filler");
const polling = { timeout: 30_000, interval: 50 };

/** Leaves three quarters of what is reserved. */
const fill = () => writeFileSync(filler, Buffer.alloc(bytesLeft(disk) - (3 * reservedBytes) / 4));
const makeRoom = () => rmSync(filler, { force: true });

describe.skipIf(!isMounted)("the embedded database on a disk that is nearly full (skipped where none may be mounted)", () => {
	let database: Database;
	beforeAll(async () => {
		database = await openDatabase(config);
		await database.rows(raw(`create table "Jar" ("coins" int)`));
	}, 120_000);
	afterAll(() => database.close());
	afterEach(async () => {
		makeRoom();
		await expect.poll(isWritable, polling).toBe(true);
	});

	const add = () => database.rows(sql`insert into "Jar" values (1)`);
	const outcome = (work: Promise<unknown>) =>
		work.then(
			() => "stored",
			(error: Error & { code?: string }) => error.code,
		);
	const isWritable = async () => database.probe().answers(1_000);

	test("takes no changes, is not ready, and goes on being read, until there is room", async () => {
		await add();
		fill();
		await expect.poll(() => outcome(add()), polling).toBe("25006");
		expect(await isWritable()).toBe(false);
		expect(await database.transaction((tx) => tx.rows(sql`select count(*) > 0 as "any" from "Jar"`))).toEqual([{ any: true }]);
		makeRoom();
		await expect.poll(() => outcome(add()), polling).toBe("stored");
		expect(await isWritable()).toBe(true);
	});

	test("ends a transaction that has begun before, and keeps nothing of it", async () => {
		const count = () => database.rows(sql`select count(*)::int as "count" from "Jar"`);
		const before = await count();
		const long = database.transaction(async (tx) => {
			fill();
			for (;;) await tx.rows(sql`insert into "Jar" values (1)`);
		});
		expect(await outcome(long)).toBe("53100");
		expect(await count()).toEqual(before);
	});

	test("is not opened, and says why in one line", async () => {
		await database.close();
		fill();
		await expect(openDatabase(config)).rejects.toMatchObject({
			name: "Failure",
			exitCode: exitCodes.databaseUnavailable,
			message: `The disk of ${config.directory} has less than the 64 MB left that the embedded database needs: make room.`,
		});
		makeRoom();
		database = await openDatabase(config);
	});
});
