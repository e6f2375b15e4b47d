import { openPostgres } from "../../src/database/postgres.ts";
import { sql } from "../../src/database/sql.ts";
import { runCommand } from "../../src/shared/command.ts";
import { Failure } from "../../src/shared/failure.ts";
import { check, checkKey, requestOf } from "./check.ts";
import { buildServers, contestants, isPostgraphileInstalled, startServer } from "./contestants.ts";
import { rounds } from "./load.ts";
import { emptyDatabase } from "./postgres.ts";
import { endProcesses, postgresProcessor, type ServerProcess } from "./processes.ts";
import { questionKeys, questionsAbout } from "./questions.ts";
import { table } from "./table.ts";
import { fill } from "./world.ts";

/** An import takes longer than a request may. */
const waits = { connect: 2_000, freeConnection: 5_000, statement: 300_000, idleInTransaction: 300_000 };

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Requests per second of several questions, side by side with what else could answer them. Ratios of one run count, not figures. */
await runCommand({ args: [], usage: "" }, async (takeSignals) => {
	const given = process.argv.slice(2);
	if (!given.every((key) => questionKeys.includes(key))) throw new Failure(`Name questions to ask them alone: ${questionKeys.join(", ")}.`);
	if (!isPostgraphileInstalled()) say("PostGraphile is not installed, and is left out: npm run bench:peers installs it.\n");
	const stop = takeSignals().then(() => 130);
	await buildServers();
	const databaseUrl = process.env["BENCH_DATABASE_URL"];
	const { url, drop } = databaseUrl === undefined ? await emptyDatabase(undefined) : { url: databaseUrl, drop: async () => {} };
	try {
		return await Promise.race([measure(url, given.length > 0 ? given : questionKeys), stop]);
	} finally {
		await endProcesses();
		await drop();
	}
});

async function measure(url: string, keys: readonly string[]): Promise<number> {
	const database = await openPostgres(url, { waits });
	await fill(database);
	const [first, ...others] = (await database.rows<{ uuid: string }>(sql`select "uuid" from "Resource" order by "name", "uuid" limit 64`)).map(
		({ uuid }) => uuid,
	);
	if (first === undefined) throw new Failure("The database has no resource to ask for.");
	const questions = Object.entries(questionsAbout([first, ...others])).filter(([key]) => keys.includes(key));
	const all = contestants();
	const checked = await check(all, questions, url);

	const servers = new Map<string, ServerProcess>();
	for (const { server } of all) if (!servers.has(server)) servers.set(server, await startServer(server, url));
	for (const [key, question] of questions) {
		const targets = all.flatMap((contestant) => {
			const server = servers.get(contestant.server);
			if (server === undefined) return [];
			const processor = async () => ({ node: server.processor(), postgres: await postgresProcessor(database) });
			return [[contestant, { target: requestOf(contestant, question, server.url), processor }] as const];
		});
		const lines = [...(await rounds(new Map(targets)))].flatMap(([contestant, speed]) => {
			const answer = checked.get(checkKey(contestant, key));
			return answer === undefined ? [] : [{ name: contestant.name, speed, ...answer }];
		});
		say(table(question.title, lines));
	}
	await database.close();
	return 0;
}
