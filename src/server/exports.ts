import type { IncomingMessage, ServerResponse } from "node:http";
import { type ExecutionArgs, getOperationAST, getVariableValues } from "graphql";
import { type AskedExport, type ExportFormat, exportPath, readExportAddress } from "../export/export-address.ts";
import { exportedPages } from "../export/export-pages.ts";
import { type ExportPlan, exportPlanOf } from "../export/export-plan.ts";
import { rowWriter } from "../export/writers.ts";
import type { Context } from "../graphql/context.ts";
import { badUserInput, recoded, serviceStops, tooManyExports, unauthenticated } from "../graphql/errors.ts";
import { Unplanned } from "../graphql/query-plan/execution.ts";
import { wrongMethod } from "../rest/problems.ts";
import { schema } from "../schema.ts";
import { dayAt } from "../shared/billing-period.ts";
import type { OperationTrace } from "../shared/operation-trace.ts";
import { breakOff, ClientGone, sendPages } from "./file-stream.ts";
import { exportsPerToken } from "./limits/limits.ts";
import { createSlots } from "./limits/slots.ts";
import type { Engine, Pipeline, Question } from "./pipeline.ts";
import { answerProblem, answerProblems } from "./problem-answer.ts";
import { questionIn } from "./question.ts";

/** Whether a request is for an export by its address. */
export const isExport = ({ url = "" }: IncomingMessage): boolean => url.startsWith(exportPath);

/** Answers with files of lists, however many rows they have. */
export interface Exports {
	/** Answers a request below /export/. */
	byAddress(request: IncomingMessage, response: ServerResponse, operation: OperationTrace): void;
	/** Answers a query that asks for one list with the list as a file. */
	byQuestion(request: IncomingMessage, response: ServerResponse, operation: OperationTrace, format: ExportFormat): void;
	/** Breaks off what is under way: each file ends without its end, so that no client takes it for a whole one. */
	stop(): void;
}

type AskedFile = Pick<AskedExport, "format" | "isFocus">;

/** When to try again that had two exports under way: how long they take is not known. */
const secondsToRetry = 5;

export function createExports(pipeline: Pipeline, pageSize?: number): Exports {
	const slots = createSlots(exportsPerToken);
	const underWay = new Set<AbortController>();
	let isStopped = false;

	/** Runs the work of a request, and answers with what it throws before anything was sent. */
	function run(response: ServerResponse, operation: OperationTrace, work: () => Promise<void>): void {
		pipeline
			.watch(work(), operation)
			.then(
				() => operation.end([]),
				(thrown: unknown) => operation.end(answerProblem(response, thrown, pipeline.mask)),
			)
			.catch((error: unknown) => {
				pipeline.mask(error); // reports our bug; there is nothing to send any more
				response.destroy();
			});
	}

	async function answer(request: IncomingMessage, response: ServerResponse, operation: OperationTrace, question: Question, asked: AskedFile): Promise<void> {
		const { authorization } = request.headers;
		const engine = pipeline.yoga.getEnveloped({ authorization, operation, address: question.address });
		const prepared = await pipeline.prepare(engine, question);
		if ("errors" in prepared) return void operation.end(answerProblems(response, prepared.errors));
		const { contextValue: context } = prepared.args;
		const { token } = context;
		if (token === undefined) throw unauthenticated();
		const plan = planOf(prepared.args, pageSize);
		operation.identify("query", `export ${plan.list}.${asked.format}`);
		const headers = headersOf(plan, asked, context);
		if (request.method === "HEAD") return void response.writeHead(200, headers).end();
		const giveBack = slots.take(token);
		if (giveBack === undefined) throw tooManyExports(exportsPerToken, secondsToRetry);
		const writer = rowWriter(plan, asked, context.timeZone);
		const ending = new AbortController();
		const gone = () => ending.abort(new ClientGone());
		response.once("close", gone).on("error", () => {}); // of what is written to a client that has just gone
		underWay.add(ending);
		try {
			if (isStopped) throw serviceStops();
			const { within, eventCharges: charges } = pipeline.admission;
			const pages = exportedPages(plan, context, {
				token,
				renew: () => pipeline.contextOf(authorization, question.address, operation),
				within: (context, work) => within(context, "query", work),
				charges,
				signal: ending.signal,
			});
			await sendPages(response, pages, writer, headers, ending.signal).catch(async (thrown: unknown) => {
				throw thrown instanceof Unplanned ? await refusalOf(engine, prepared.args) : thrown;
			});
		} catch (thrown) {
			if (response.destroyed) return; // its client has gone, which the operation knows already
			if (!response.headersSent) throw thrown;
			const { message, extensions } = pipeline.mask(thrown);
			const code = String(extensions["code"]);
			breakOff(response, writer.trailer(message, code));
			operation.end([code]);
		} finally {
			response.off("close", gone);
			underWay.delete(ending);
			giveBack();
		}
	}

	return {
		byAddress: (request, response, operation) =>
			run(response, operation, async () => {
				if (request.method !== "GET" && request.method !== "HEAD") throw wrongMethod(request.method ?? "", ["GET", "HEAD"]);
				const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
				const address = pipeline.addressOf(request);
				// What lists there are is a part of the schema: only who is signed in learns it.
				const { isSignedIn } = await pipeline.contextOf(request.headers.authorization, address, operation);
				if (!isSignedIn) throw unauthenticated();
				const asked = readExportAddress(schema, pathname, searchParams);
				await answer(request, response, operation, { query: asked.query, variables: asked.variables, address }, asked);
			}),
		byQuestion: (request, response, operation, format) =>
			run(response, operation, async () => {
				const address = pipeline.addressOf(request);
				await answer(request, response, operation, { ...(await questionIn(request)), address }, { format, isFocus: false });
			}),
		stop: () => {
			isStopped = true;
			for (const ending of underWay) ending.abort(serviceStops());
		},
	};
}

/** Throws what is wrong with the variables, or with the query as an export. */
function planOf({ schema, document, operationName, variableValues }: ExecutionArgs, pageSize: number | undefined): ExportPlan {
	const operation = getOperationAST(document, operationName);
	if (operation?.operation !== "query") throw badUserInput("An export is of a query.");
	const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {}, { maxErrors: 1 });
	const [error] = errors ?? [];
	if (coerced === undefined) throw recoded(error ?? badUserInput("The variables are refused."), "BAD_USER_INPUT");
	return unplannable(() => exportPlanOf(schema, document, operation, coerced, pageSize));
}

function unplannable(plan: () => ExportPlan): ExportPlan {
	try {
		return plan();
	} catch (error) {
		throw error instanceof Unplanned ? badUserInput("What the query asks for cannot be exported: ask for fewer fields.") : error;
	}
}

/** What the query is refused with field by field, of which the plan knows only that it is. */
async function refusalOf(engine: Engine, args: ExecutionArgs): Promise<unknown> {
	const { errors } = (await engine.execute(args)) as { errors?: readonly unknown[] };
	return errors?.[0] ?? new Error("A query that has no plan was answered.");
}

function headersOf({ list }: ExportPlan, { format, isFocus }: AskedFile, { clock, timeZone }: Context): Record<string, string> {
	return {
		"content-type": format === "csv" ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson; charset=utf-8",
		"content-disposition": `attachment; filename="${list}${isFocus ? "-focus" : ""}-${dayAt(clock(), timeZone)}.${format}"`,
		"cache-control": "private, no-store",
		"x-content-type-options": "nosniff",
		"x-export-snapshot": "none",
	};
}
