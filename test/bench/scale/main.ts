import type { Database } from "../../../src/database/database.ts";
import { prepareSchema } from "../../../src/database/migrations.ts";
import { openPostgres } from "../../../src/database/postgres.ts";
import { runCommand } from "../../../src/shared/command.ts";
import { buildServers, startServer } from "../contestants.ts";
import { graphqlRequests, openConnection } from "../http-client.ts";
import { type Loaded, rounds, type Speed } from "../load.ts";
import { emptyDatabase } from "../postgres.ts";
import { endProcesses, postgresProcessor } from "../processes.ts";
import { questionsAbout } from "../questions.ts";
import { fill, partsOf, type Size, tokens, usagesOf } from "./fill.ts";

const sizes: readonly [Size, Size] = [
	{ customers: 100, projects: 400, offerings: 20, resources: 2_000, months: 12, monthsWithParts: 12 },
	{ customers: 1_000, projects: 4_000, offerings: 20, resources: 20_000, months: 36, monthsWithParts: 12 },
];

/** Filling takes longer than a request may. */
const waits = { connect: 10_000, freeConnection: 10_000, statement: 3_600_000, idleInTransaction: 3_600_000 };

const say = (line: string) => process.stdout.write(`${line}\n`);

/** What the nested graph costs on a small world and on a large one, for staff and for a provider's owner. Ratios of one run count, not figures. */
await runCommand({ args: [], usage: "" }, async () => {
	await buildServers();
	const small = await emptyDatabase(process.env["BENCH_DATABASE_URL"]);
	try {
		const large = await emptyDatabase(small.url);
		try {
			const worlds = [await openWorld(small.url, sizes[0]), await openWorld(large.url, sizes[1])];
			say(table(await measured(worlds)));
			for (const { database } of worlds) await database.close();
		} finally {
			await endProcesses();
			await large.drop();
		}
	} finally {
		await small.drop();
	}
	return 0;
});

interface World {
	readonly size: Size;
	readonly database: Database;
	/** What each viewer asks of it. */
	readonly targets: Readonly<Record<keyof typeof tokens, Loaded>>;
}

/** The service as a process of its own, on a database with a world of the size. */
async function openWorld(databaseUrl: string, size: Size): Promise<World> {
	const database = await openPostgres(databaseUrl, { connections: 1, waits });
	await prepareSchema(database, "on");
	await fill(database, size);
	say(`${usagesOf(size)} usages of ${size.resources} resources are stored, and ${partsOf(size)} parts.`);
	const server = await startServer("service", databaseUrl);
	const document = questionsAbout([""])["nested-graph"]?.documents["usage-gateway"] ?? "";
	const processor = async () => ({ node: server.processor(), postgres: await postgresProcessor(database) });
	const asked = (token: string): Loaded => ({ target: graphqlRequests(server.url, document, token), processor });
	return { size, database, targets: { staff: asked(tokens.staff), provider: asked(tokens.provider) } };
}

interface Measured {
	readonly viewer: keyof typeof tokens;
	readonly size: Size;
	readonly speed: Speed;
	/** Parts in one answer: it must be as much of either world. */
	readonly parts: number;
}

/** Each viewer of each world, in turn. */
async function measured(worlds: readonly World[]): Promise<Measured[]> {
	const cases = new Map(
		(["staff", "provider"] as const).flatMap((viewer) =>
			worlds.map(({ size, targets }) => [{ viewer, size, target: targets[viewer] }, targets[viewer]] as const),
		),
	);
	const measured: Measured[] = [];
	for (const [{ viewer, size, target }, speed] of await rounds(cases)) measured.push({ viewer, size, speed, parts: await partsIn(target) });
	if (new Set(measured.map(({ parts }) => parts)).size > 1) throw new Error("The worlds do not answer as much.");
	return measured;
}

async function partsIn({ target }: Loaded): Promise<number> {
	const connection = await openConnection(target.port);
	const body = await connection.ask(target.requests[0]).finally(() => connection.close());
	return body.toString().split('"username"').length - 1;
}

function table(measured: readonly Measured[]): string {
	const rows = measured.map(({ viewer, size, speed }) => {
		const base = measured.find((other) => other.viewer === viewer)?.speed;
		const ratio = (base?.perSecond ?? Number.NaN) / speed.perSecond;
		const ofPostgres = (speed.processor["postgres"] ?? Number.NaN) / (base?.processor["postgres"] ?? Number.NaN);
		const times = [speed.p50.toFixed(1), speed.p99.toFixed(1), ...["node", "postgres"].map((part) => (speed.processor[part] ?? Number.NaN).toFixed(2))];
		return `| ${[viewer, usagesOf(size), speed.perSecond.toFixed(0), ...times, ratio.toFixed(2), ofPostgres.toFixed(2)].join(" | ")} |`;
	});
	const head = "| viewer | usages | requests/s | p50 ms | p99 ms | ms of Node.js | ms of PostgreSQL | time large : small | PostgreSQL large : small |";
	return [head, "|---|---|---|---|---|---|---|---|---|", ...rows].join("\n");
}
