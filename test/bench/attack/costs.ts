import { setTimeout as pause } from "node:timers/promises";
import { getOperationAST, type OperationDefinitionNode, parse } from "graphql";
import type { Database } from "../../../src/database/database.ts";
import { schema } from "../../../src/schema.ts";
import { costOf } from "../../../src/server/limits/cost.ts";
import { listDocuments } from "../../attack/cost/documents.ts";
import { ids, randomOf, values } from "../../attack/cost/values.ts";
import { postgresProcessor, type ServerProcess } from "../processes.ts";

/** So many questions are asked, and each so many times. */
const questions = Number(process.env["BENCH_QUESTIONS"] ?? 60);
const times = 10;

export interface Costly {
	readonly viewer: string;
	readonly token: string;
	readonly document: string;
	readonly cost: number;
	/** Milliseconds of PostgreSQL's processor time that it takes. */
	readonly postgres: number;
}

/** Sends a document, and returns the answer's status and body. */
export async function ask(url: string, token: string, document: string): Promise<{ status: number; body: string }> {
	const headers = { "content-type": "application/json", authorization: `Token ${token}` };
	const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query: document }) });
	return { status: answer.status, body: await answer.text() };
}

/** What legal questions for usage take of PostgreSQL, the most for a point of cost first. The service must not refuse any for its cost. */
export async function costsOf(server: ServerProcess, database: Database, viewers: ReadonlyMap<string, string>): Promise<Costly[]> {
	const documents = listDocuments(values, ids, randomOf(Number(process.env["BENCH_SEED"] ?? 3)));
	const costs: Costly[] = [];
	for (let asked = 0; asked < questions; asked++) {
		const document = documents.next().value;
		const parsed = parse(document);
		const { cost } = costOf(schema, parsed, getOperationAST(parsed) as OperationDefinitionNode, {});
		for (const [viewer, token] of viewers) {
			await ask(server.url, token, document);
			const before = await postgresProcessor(database);
			for (let time = 0; time < times; time++) await ask(server.url, token, document);
			costs.push({ viewer, token, document, cost, postgres: ((await postgresProcessor(database)) - before) / times });
		}
	}
	return costs.sort((one, other) => other.postgres / other.cost - one.postgres / one.cost);
}

export interface Neighbourly {
	/** Milliseconds of the bystander's requests. */
	readonly p50: number;
	readonly p99: number;
	readonly failed: number;
	readonly asked: number;
	/** How often the attacker was answered, and refused. */
	readonly answered: number;
	readonly refused: number;
}

const attackers = 16;
const every = 25;

/** How long a small question of one token takes while another token asks as much as it can, for that many milliseconds. */
export async function besides(
	url: string,
	bystander: { token: string; document: string },
	attacks: readonly Costly[],
	milliseconds: number,
): Promise<Neighbourly> {
	const until = performance.now() + milliseconds;
	const goesOn = () => performance.now() < until;
	const taken: number[] = [];
	let [failed, answered, refused, turn] = [0, 0, 0, 0];
	const attack = async () => {
		while (goesOn()) {
			const { token, document } = attacks[turn++ % attacks.length] as Costly;
			const { status } = await ask(url, token, document);
			if (status === 200) answered++;
			else refused++;
			if (status === 429) await pause(50); // sooner than it is told to
		}
	};
	const live = async () => {
		while (goesOn()) {
			const begun = performance.now();
			const { status, body } = await ask(url, bystander.token, bystander.document);
			taken.push(performance.now() - begun);
			if (status !== 200 || body.includes('"errors"')) failed++;
			await pause(every);
		}
	};
	await Promise.all([live(), ...(attacks.length === 0 ? [] : Array.from({ length: attackers }, attack))]);
	taken.sort((one, other) => one - other);
	const at = (share: number) => taken[Math.min(taken.length - 1, Math.floor(taken.length * share))] ?? Number.NaN;
	return { p50: at(0.5), p99: at(0.99), failed, asked: taken.length, answered, refused };
}
