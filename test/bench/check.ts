import { isDeepStrictEqual } from "node:util";
import { type Plain, plainForm } from "./answers.ts";
import { type Contestant, startServer } from "./contestants.ts";
import { graphqlRequests, openConnection, type Target } from "./http-client.ts";
import type { Question } from "./questions.ts";
import { countStatements } from "./statements.ts";

/** What one request is answered with. */
export interface Checked {
	/** Statements that it takes. */
	readonly statements: number;
	readonly bytes: number;
}

/** The requests by which the contestant is asked. */
export const requestOf = ({ dialect, token }: Contestant, { documents, variables }: Question, url: string): Target =>
	graphqlRequests(url, documents[dialect], token, variables);

/** What was answered before the statements are counted: until then plans and prepared statements are made. */
const warmUps = 3;
/** Servers run statements of their own between requests: the fewest of several counts are the request's. */
const counts = 5;

/** Asks everything of every contestant, one request at a time. Throws unless all are answered the same. */
export async function check(
	contestants: readonly Contestant[],
	questions: readonly (readonly [key: string, Question])[],
	databaseUrl: string,
): Promise<Map<string, Checked>> {
	const checked = new Map<string, Checked>();
	const answers = new Map<string, { from: string; answer: Plain }>();
	for (const server of new Set(contestants.map(({ server }) => server))) {
		const counter = await countStatements(databaseUrl);
		const { url, stop } = await startServer(server, counter.url);
		try {
			for (const contestant of contestants.filter((one) => one.server === server)) {
				for (const [key, question] of questions) {
					const { body, statements } = await ask(requestOf(contestant, question, url), () => counter.count());
					const answer = question.plain[contestant.dialect](plainForm(dataIn(body, contestant.name)));
					const first = answers.get(key) ?? { from: contestant.name, answer };
					answers.set(key, first);
					if (!isDeepStrictEqual(answer, first.answer)) throw new Error(`${key}: ${contestant.name} answers something else than ${first.from}.`);
					checked.set(checkKey(contestant, key), { statements, bytes: body.length });
				}
			}
		} finally {
			await stop();
			counter.stop();
		}
	}
	return checked;
}

/** Under which what was found out about the contestant and the question is kept. */
export const checkKey = ({ name }: Contestant, question: string): string => `${question}: ${name}`;

async function ask({ port, requests: [bytes] }: Target, count: () => number): Promise<{ body: Buffer; statements: number }> {
	const connection = await openConnection(port);
	for (let asked = 0; asked < warmUps; asked++) await connection.ask(bytes);
	let statements = Number.POSITIVE_INFINITY;
	let body: Buffer = Buffer.alloc(0);
	for (let asked = 0; asked < counts; asked++) {
		const before = count();
		body = await connection.ask(bytes);
		statements = Math.min(statements, count() - before);
	}
	connection.close();
	return { body, statements };
}

function dataIn(body: Buffer, name: string): Plain {
	const { data, errors } = JSON.parse(body.toString());
	if (errors !== undefined) throw new Error(`${name} answers errors: ${JSON.stringify(errors)}`);
	return data;
}
