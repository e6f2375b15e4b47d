import type { IncomingMessage, ServerResponse } from "node:http";
import { addTicket, openTicket } from "../access/ticket.store.ts";
import { isTicket, newTicket, openedWithin } from "../access/ticket.ts";
import { exportPath, readExportAddress } from "../export/export-address.ts";
import type { Services } from "../graphql/context.ts";
import { badRequest, tooManyTokens, unauthenticated } from "../graphql/errors.ts";
import { wrongMethod } from "../rest/problems.ts";
import { schema } from "../schema.ts";
import type { OperationTrace } from "../shared/operation-trace.ts";
import { createSignInMeter } from "./limits/sign-in-meter.ts";
import type { Pipeline } from "./pipeline.ts";
import { readQuestion } from "./prepare.ts";
import { answerProblem } from "./problem-answer.ts";
import { questionInAddress, questionOf } from "./question.ts";
import { bodyOf, bytesOf } from "./request-body.ts";
import { endpoint } from "./yoga.ts";

export const ticketPath = `${endpoint}/ticket`;

/** What a ticket costs: as a change does, for it is written. */
const priceOfTicket = 11;

/** Signs in clients that cannot send a header: a browser's EventSource, or a download. */
export interface Tickets {
	/** Answers a request for a ticket, which the header signs in. */
	issue(request: IncomingMessage, response: ServerResponse, operation: OperationTrace): void;
	/** Whether the request has one in its address. */
	isUsed(request: IncomingMessage): boolean;
	/**
	 * Signs the request in by its ticket, and goes on with it as if the header had done so. Answers it when the ticket is not good;
	 * `beforeRefusal` is called first, to let the page that asks read why.
	 */
	use(request: IncomingMessage, response: ServerResponse, operation: OperationTrace, goOn: () => void, beforeRefusal: () => void): void;
}

export function createTickets({ database, clock }: Pick<Services, "database" | "clock">, pipeline: Pipeline): Tickets {
	const meter = createSignInMeter(() => performance.now());
	// Who tries tickets delays no one else, as with tokens.
	const queries = database.onBehalfOf({ key: "tickets", viewer: "signing in", took: () => {} });

	async function issued(request: IncomingMessage, operation: OperationTrace): Promise<object> {
		if (request.method !== "POST") throw wrongMethod(request.method ?? "", ["POST"]);
		operation.identify("mutation", "ticket");
		const sent = await bytesOf(request);
		const address = pipeline.addressOf(request);
		const context = await pipeline.contextOf(request.headers.authorization, address, operation);
		const { token } = context;
		if (token === undefined) throw unauthenticated();
		context.admitted = await pipeline.admission.admitCost(context, priceOfTicket, address);
		const asked = operationIn(bodyOf(request, sent));
		const now = clock();
		const ticket = newTicket();
		await pipeline.admission.within(context, "mutation", () => addTicket(context.database, { ticket, token, ...asked, now }));
		return { ticket, expires: new Date(now.getTime() + openedWithin).toISOString() };
	}

	/** The operation that a ticket is asked for. Throws for what no ticket is for. */
	function operationIn(body: unknown): { operation: string; reopens: boolean } {
		const path = typeof body === "object" && body !== null && "export" in body ? body.export : undefined;
		if (path !== undefined) {
			if (typeof path !== "string" || !path.startsWith(exportPath) || !URL.canParse(path, "http://localhost")) {
				throw badRequest(`export is the path of one, such as ${exportPath}componentUsages.csv?type=cpu.`, { http: { status: 400 } });
			}
			const { pathname, searchParams } = new URL(path, "http://localhost");
			readExportAddress(schema, pathname, searchParams);
			return { operation: exportText(pathname, searchParams), reopens: false };
		}
		const question = questionOf(body);
		const type = readQuestion(pipeline.yoga.getEnveloped({}), question).operation?.operation;
		if (type !== "query" && type !== "subscription") {
			throw badRequest("A ticket is for one query or subscription: an address changes nothing.", { http: { status: 400 } });
		}
		return { operation: questionText(question), reopens: type === "subscription" };
	}

	async function signIn(request: IncomingMessage): Promise<void> {
		const { method = "", headers } = request;
		const url = new URL(request.url ?? "", "http://localhost");
		const ticket = url.searchParams.get("ticket") ?? "";
		url.searchParams.delete("ticket");
		const isExport = url.pathname.startsWith(exportPath);
		if ((method !== "GET" && !(method === "HEAD" && isExport)) || !(isExport || url.pathname === endpoint)) {
			throw badRequest("A ticket is for a GET.", { http: { status: 400 } });
		}
		if (headers.authorization !== undefined) throw badRequest("Sign in by the header or by a ticket, not by both.", { http: { status: 400 } });
		const address = pipeline.addressOf(request);
		const wait = meter.waitFor(address, ticket);
		if (wait > 0) throw tooManyTokens(wait);
		const operation = isExport ? exportText(url.pathname, url.searchParams) : questionText(questionInAddress(url.searchParams));
		const use = { ticket, operation, isReconnect: headers["last-event-id"] !== undefined, isLook: method === "HEAD", now: clock() };
		const token = isTicket(ticket) ? await openTicket(queries, use) : undefined;
		if (token === undefined) {
			if (isTicket(ticket)) meter.failed(address); // what is none was not looked up
			throw unauthenticated("The ticket is unknown, was used or has expired, or is for another operation: ask for a new one.");
		}
		headers.authorization = `Token ${token}`;
		request.url = `${url.pathname}${url.search}`;
	}

	return {
		issue: (request, response, operation) => {
			pipeline
				.watch(issued(request, operation), operation)
				.then((ticket) => {
					operation.end([]);
					const text = JSON.stringify(ticket);
					const headers = { "content-type": "application/json; charset=utf-8", "content-length": Buffer.byteLength(text), "cache-control": "no-store" };
					response.writeHead(201, headers).end(text);
				})
				.catch((thrown: unknown) => operation.end(answerProblem(response, thrown, pipeline.mask)));
		},
		isUsed: ({ url = "" }) => /[?&]ticket=/.test(url) && !url.startsWith("/api/"),
		use: (request, response, operation, goOn, beforeRefusal) => {
			pipeline.watch(signIn(request), operation).then(goOn, (thrown: unknown) => {
				beforeRefusal();
				operation.end(answerProblem(response, thrown, pipeline.mask));
			});
		},
	};
}

/** One text for the same export, however its parameters are ordered. */
const exportText = (pathname: string, parameters: URLSearchParams): string =>
	JSON.stringify(["export", pathname, [...parameters].map((pair) => JSON.stringify(pair)).sort()]);

/** One text for the same question, however its variables are ordered. */
const questionText = ({ query, variables, operationName }: ReturnType<typeof questionOf>): string =>
	JSON.stringify(["graphql", query, operationName ?? null, sorted(variables ?? {})]);

function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (typeof value !== "object" || value === null) return value;
	const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
	return { fields: fields.map(([name, item]) => [name, sorted(item)]) };
}
