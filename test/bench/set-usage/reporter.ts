import { openConnection } from "../http-client.ts";
import { token, types } from "./fill.ts";

/** Someone who reports usage of resources in turn, over a connection that is kept. */
export interface Reporter {
	/** Reports all components of the next resource, each with another figure than the last time. Throws unless it was stored, and turned nothing. */
	report(): Promise<void>;
	close(): void;
}

const query = `mutation ($input: SetUsageInput!) {
	setUsage(input: $input) { ... on SetUsagePayload { componentUsages { uuid usage } firings { kind } } ... on Error { message } }
}`;

/** @param cents what the figures end with: those of another reporter of the resources are others */
export async function openReporter(url: string, resources: readonly string[], cents: number): Promise<Reporter> {
	const { host, port, pathname } = new URL(url);
	const connection = await openConnection(Number(port));
	const head = `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\naccept: application/json\r\ncontent-type: application/json\r\nauthorization: Token ${token}`;
	let reports = 0;
	return {
		report: async () => {
			const resource = resources[reports % resources.length];
			reports++;
			const usages = types.map((type, place) => ({ type, amount: `${(reports % 1_000) + place + 100}.${cents}` }));
			const body = JSON.stringify({ query, variables: { input: { resource, usages } } });
			const answer = (await connection.ask(Buffer.from(`${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`))).toString();
			if (!answer.includes('"firings":[]')) throw new Error(`A report was answered: ${answer.slice(0, 500)}`);
		},
		close: connection.close,
	};
}
