import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { sql } from "../../src/database/sql.ts";
import { exitCodes } from "../../src/shared/failure.ts";
import { demoHandles } from "../../src/world/demo.ts";
import { ask, begin, directoriesForFile, run, type Service, type Settings, startService } from "../command/process.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import { patient } from "../support/templates.setup.ts";

/** Debian's libfaketime, which sets the clock of one process. */
const library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

const directory = directoriesForFile();
const closing: (() => unknown)[] = [];
afterAll(async () => {
	for (const close of closing.reverse()) await close();
});

/** The clock of the processes that are started with the settings: it can be set while they run. */
async function clockOf(offset: string): Promise<{ settings: Settings; set(offset: string): Promise<void> }> {
	const folder = await mkdtemp(join(tmpdir(), "usage-gateway-clock-"));
	closing.push(() => rm(folder, { recursive: true, force: true }));
	const file = join(folder, "offset");
	await writeFile(file, offset);
	const faked = { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: "1", FAKETIME_DONT_FAKE_MONOTONIC: "1", NO_FAKE_STAT: "1" };
	return { settings: faked, set: (next) => writeFile(file, next) };
}

/** Where the demo is stored, for services and for looking at it while none runs. */
interface Place {
	readonly settings: Settings;
	inspect<Result>(work: (database: Database) => Promise<Result>): Promise<Result>;
}

const places = {
	"the embedded database": async (): Promise<Place> => {
		const data = await directory();
		return {
			settings: { DATA_DIR: data },
			inspect: async (work) => {
				const database = await openDatabase({ kind: "embedded", directory: data });
				return work(database).finally(() => database.close());
			},
		};
	},
	"a server": async (): Promise<Place> => {
		const database = await freshDatabase("demo");
		closing.push(() => database.close());
		const url = await urlOf(database);
		return {
			settings: { DATABASE_URL: url, OPERATIONS_PORT: "0" },
			inspect: async (work) => {
				const own = await openPostgres(url, { connections: 1, waits: patient });
				return work(own).finally(() => own.close());
			},
		};
	},
} as const;

/** Everything that a wrong clock could add to or take away. */
const stored = ({ inspect }: Place): Promise<object | undefined> =>
	inspect(async (database) => {
		const [row] = await database.rows(sql`select
			(select count(*)::int from "MonthTurn") as months, (select count(*)::int from "ComponentUsage") as usages,
			(select count(*)::int from "LogEntry") as entries, (select count(*)::int from "IdempotencyKey") as keys,
			(select count(*)::int from "PolicyFiring") as firings, (select count(*)::int from "Notification" where "state" = 'PENDING') as waiting`);
		return row;
	});

/** Reports usage of the demo's resource, and answers its code, or the amount that is stored. */
async function report(service: Service, amount: string): Promise<string> {
	const input = `{ resource: "${demoHandles.resource}", usages: [{ type: "${demoHandles.componentType}", amount: "${amount}" }], idempotencyKey: "amount ${amount}" }`;
	const document = `mutation { setUsage(input: ${input}) { ... on SetUsagePayload { componentUsages { usage } } ... on Error { message } } }`;
	const { data, errors } = await ask(service, "demo_provider", document);
	return errors?.[0].extensions.code ?? data.setUsage.componentUsages?.[0].usage ?? data.setUsage.message;
}

const isServed = async (service: Service): Promise<boolean> => {
	const { data } = await ask(service, "demo_staff", "{ viewer { username } }");
	return data?.viewer.username === "staff";
};

const tenYears = 10 * 365;
const wrong = { "ten years ahead": `+${tenYears}d`, "ten years behind": `-${tenYears}d` } as const;
const polling = { timeout: 60_000, interval: 50 };
const clockSentence = /^The clock (says|of this instance) .*$/m;

const engines = Object.keys(places).filter((place) => place !== "a server" || inject("templates").engine === "PostgreSQL") as (keyof typeof places)[];

describe.skipIf(!existsSync(library)).each(engines)("on %s (skipped without libfaketime), a clock", (engine) => {
	test.each(Object.entries(wrong))("that is %s turns and deletes nothing, and when it is right all goes on", { timeout: 600_000 }, async (_case, offset) => {
		const place = await places[engine]();
		const right = await startService(place.settings);
		expect(await report(right, "77.25")).toBe("77.25");
		await right.stop();
		const before = await stored(place);
		const { settings, set } = await clockOf(offset);
		const faked = { ...place.settings, ...settings };

		const started = await startService(faked);
		expect([await isServed(started), await report(started, "78.25")]).toEqual([true, "SERVICE_UNAVAILABLE"]);
		expect((await started.stop()).stderr).toMatch(clockSentence);
		expect(await stored(place)).toEqual(before);

		const previewed = await run("turn-month", faked);
		expect(previewed).toMatchObject({ exitCode: exitCodes.unconfirmed, stdout: expect.stringMatching(/^Nothing was done\. The clock /) });
		expect(await stored(place)).toEqual(before);

		await set("+0");
		const { output, service } = await watchedService(faked);
		expect(await report(service, "79.25")).toBe("79.25");
		await set(offset);
		await expect.poll(() => output.stderr, polling).toMatch(clockSentence);
		expect([await isServed(service), await report(service, "80.25")]).toEqual([true, "SERVICE_UNAVAILABLE"]);
		await set("+0");
		await expect.poll(() => output.stderr, polling).toContain("The clock is right again.");
		expect(await report(service, "81.25")).toBe("81.25");
		await service.stop();
		expect(await stored(place)).toMatchObject({ ...before, keys: expect.any(Number), entries: expect.any(Number) });
	});
});

/** A service whose output can be looked at while it runs. */
async function watchedService(settings: Settings) {
	const { child, output, ended } = begin("service", { PORT: "0", LOG: "off", RATE_LIMIT: "0", GRAPHIQL: "on", ...settings });
	await expect.poll(() => output.stdout, polling).toMatch(/^GraphiQL: .*\n/m);
	const stop = () => {
		child.kill("SIGTERM");
		return ended;
	};
	const service: Service = {
		pid: child.pid ?? 0,
		url: /http:\S+/.exec(output.stdout)?.[0] ?? "",
		greeting: output.stdout,
		errors: () => output.stderr,
		stop,
		kill: stop,
		interrupt: stop,
		ended,
	};
	return { output, service };
}
