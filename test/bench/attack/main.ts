import { prepareSchema } from "../../../src/database/migrations.ts";
import { openPostgres } from "../../../src/database/postgres.ts";
import { runCommand } from "../../../src/shared/command.ts";
import { crowdedViewers, fillSkewed } from "../../attack/cost/skewed.ts";
import { buildServers, startServer } from "../contestants.ts";
import { emptyDatabase } from "../postgres.ts";
import { endProcesses } from "../processes.ts";
import { besides, costsOf } from "./costs.ts";
import { documentsTable } from "./documents.ts";

const waits = { connect: 10_000, freeConnection: 10_000, statement: 3_600_000, idleInTransaction: 3_600_000 };
const worst = 10;
const attacked = 20_000;

const say = (line: string) => process.stdout.write(`${line}\n`);
const row = (...cells: (string | number)[]) =>
	say(`| ${cells.map((cell) => (typeof cell === "number" && !Number.isInteger(cell) ? cell.toFixed(1) : cell)).join(" | ")} |`);

/** What documents that mean harm take: of the process before it is known who asks, of PostgreSQL for a point of cost, and of a neighbour's time. */
await runCommand({ args: [], usage: "" }, async () => {
	documentsTable(say);
	await buildServers();
	const { url, drop } = await emptyDatabase(process.env["BENCH_DATABASE_URL"]);
	try {
		const database = await openPostgres(url, { connections: 2, waits });
		await prepareSchema(database, "on");
		await fillSkewed(database);
		const viewers = await crowdedViewers(database);

		const unlimited = await startServer("service", url);
		const costs = await costsOf(unlimited, database, viewers);
		await unlimited.stop();
		say("\n| ms of PostgreSQL for a point | cost | viewer | document |\n|---|---|---|---|");
		for (const { postgres, cost, viewer, document } of costs.slice(0, worst)) row(postgres / cost, cost, viewer, `\`${document}\``);

		const limited = await startServer("service", url, { RATE_LIMIT: "100" });
		const attacker = costs[0]?.token ?? "";
		const bystander = { token: [...viewers.values()].find((token) => token !== attacker) ?? "", document: "{ projects(first: 10) { nodes { uuid name } } }" };
		say("\n| a small question every 25 ms | p50 ms | p99 ms | failed | of | attacks answered | refused |\n|---|---|---|---|---|---|---|");
		for (const [beside, attacks] of [
			["alone", []],
			["beside the worst token", costs.filter(({ token }) => token === attacker).slice(0, worst)],
			["alone again", []],
		] as const) {
			const { p50, p99, failed, asked, answered, refused } = await besides(limited.url, bystander, attacks, attacked);
			row(beside, p50, p99, failed, asked, answered, refused);
		}
		await database.close();
	} finally {
		await endProcesses();
		await drop();
	}
	return 0;
});
