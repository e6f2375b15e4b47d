import {
	type ExecutionArgs,
	type ExecutionResult,
	type GraphQLSchema,
	getOperationAST,
	type OperationDefinitionNode,
	OperationTypeNode,
	parse,
	validate,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import { mayReportAnything } from "../../access/permissions.ts";
import type { AnnouncedCost, Context, Services } from "../../graphql/context.ts";
import { costLimitExceeded, introspectionOff, refusedInput, timedOut, tooFast, unauthenticated } from "../../graphql/errors.ts";
import { assertPresent } from "../../shared/assert-present.ts";
import type { Metrics } from "../../shared/metrics.ts";
import type { OperationType } from "../../shared/operation-trace.ts";
import type { EventCharges } from "../../subscriptions/payment.ts";
import { type Introspection, introspectionIn } from "../introspection.ts";
import { type KnownDocument, KnownDocuments } from "../known-documents.ts";
import { createAddressMeter } from "./address-meter.ts";
import { type Charge, createMeter } from "./admission.service.ts";
import { type Cost, costOf } from "./cost.ts";
import { type DocumentBounds, documentBounds, documentRefusal, textRefusal } from "./document-bounds.ts";

/** What one operation, and one token, may ask for. */
export interface AdmissionOptions {
	/** The most that one operation may cost. */
	readonly maxCost: number;
	/** What a token may ask for each second, and ten times that at once; 0 for as much as it likes. */
	readonly costPerSecond: number;
	/** How large a document may be, when not as everywhere. */
	readonly bounds?: DocumentBounds;
	/** Who may ask what the schema is. */
	readonly introspection: "everyone" | "signed-in" | "off";
	/** How long an operation may take, in milliseconds, when not as usual. */
	readonly maxExecutionTime?: number;
}

/** The most items in one list of a query's argument. Changes say in typed errors how many they take, and cost 1 for each. */
const maxListItems = 250;

/** An operation's statements may take as many milliseconds of the database for each point of its cost; more is charged afterwards. */
const millisecondsPerPoint = 3;

/** What takes no longer is never charged afterwards: a busy machine may be why it took that long. */
const forgivenMilliseconds = 20;

/** How long an operation may take, in milliseconds. */
const usualExecution = 10_000;

/** What an operation is admitted by. It is known before the viewer is. */
interface Weighed extends Cost {
	readonly type: OperationTypeNode;
	readonly introspection: Introspection;
}

export interface Admission {
	/** The documents that are within the bounds. */
	readonly documents: KnownDocuments;
	/** What the operation asks for: one look at each part of the document as written, however its fragments multiply. */
	weigh(schema: GraphQLSchema, known: KnownDocument, operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): Weighed;
	/**
	 * Takes what was weighed out of what the token, or without one the address, may ask for. Throws its refusal, and what keeps
	 * the database from returning what a token has left.
	 */
	admit(context: Context, weighed: Weighed, address: string): Promise<AnnouncedCost>;
	/** Takes points out of what the token, or without one the address, may ask for. Throws as `admit` does. */
	admitCost(context: Context, cost: number, address: string): Promise<AnnouncedCost>;
	/** Does the work of an admitted operation for as long as it may take. What only reads is abandoned then, and when its client goes. Throws TIMED_OUT. */
	within<Result>(context: Context, type: OperationType, work: () => Promise<Result>): Promise<Result>;
	/** What events of subscriptions are charged with, at most a second's points at once. */
	readonly eventCharges: EventCharges;
	/** Reads documents within the bounds, and executes only what was admitted, for as long as it may take. Results say what they cost. */
	readonly plugin: Plugin<Context>;
}

/** Lets an operation run when it is neither too large, nor too much for its token or address at the moment. */
export function createAdmission(
	{ database, metrics }: Pick<Services, "database" | "metrics">,
	{ maxCost, costPerSecond, bounds = documentBounds, introspection, maxExecutionTime = usualExecution }: AdmissionOptions,
): Admission {
	const rate = { size: costPerSecond * 10, perSecond: costPerSecond };
	const now = () => performance.now();
	const meter = costPerSecond === 0 ? undefined : createMeter(database, rate, now);
	const strangers = costPerSecond === 0 ? undefined : createAddressMeter(rate, now);
	const documents = new KnownDocuments((text) => {
		const tally = { tokens: 0, selections: 0 };
		try {
			return parseWithin(text, bounds, tally);
		} finally {
			metrics?.documentRead(tally.tokens, tally.selections);
		}
	});

	function chargeAfterwards(token: string, isReporter: boolean, points: number): void {
		if (meter === undefined) return;
		metrics?.chargedAfterwards(points);
		meter.chargeAfterwards(token, isReporter, points);
	}

	function charged({ token, viewer, caller }: Context, cost: number, address: string): Promise<Charge> | Charge | undefined {
		if (token === undefined) return strangers?.charge(address, cost);
		const isReporter = mayReportAnything(viewer);
		if (meter !== undefined) caller?.onTook(overspending(cost, (points) => chargeAfterwards(token, isReporter, points)));
		return meter?.charge(token, isReporter, cost);
	}

	async function admitCost(context: Context, cost: number, address: string): Promise<AnnouncedCost> {
		context.operation?.observeCost(cost);
		const asked = { requested: cost, limit: maxCost };
		if (cost > maxCost) throw costLimitExceeded(asked);
		const charge = await charged(context, cost, address);
		if (charge === undefined) return asked;
		const announced = { ...asked, remaining: charge.remaining, restoreRate: charge.rate.perSecond };
		if (!charge.isAllowed) throw tooFast(context.isSignedIn ? "token" : "address", announced, charge.after);
		return announced;
	}

	return {
		documents,
		admitCost,
		within: (context, type, work) => {
			const abandon = type === "query" ? abandonableBy(context) : () => {};
			return timed(work(), maxExecutionTime, () => {
				abandon();
				throw timedOut(maxExecutionTime / 1_000);
			});
		},
		weigh: (schema, { document, introspection, costs }, operation, variables) => {
			const present = costs.get(operation);
			let selections = 0;
			const cost = present ?? costOf(schema, document, operation, variables, () => void selections++);
			metrics?.documentRead(0, selections);
			// Looked at once where that does not depend on variables.
			if (present === undefined && !operation.variableDefinitions?.length && Object.keys(variables).length === 0) costs.set(operation, cost);
			return { ...cost, type: operation.operation, introspection };
		},
		admit: async (context, { cost, maxListLength, type, introspection: { isAsked, isOfData } }, address) => {
			if (isAsked && introspection === "off") throw introspectionOff();
			if (!context.isSignedIn && (isOfData || (isAsked && introspection === "signed-in"))) throw unauthenticated();
			if (maxListLength > maxListItems && type !== OperationTypeNode.MUTATION) {
				context.operation?.observeCost(cost);
				throw refusedInput(`A list of an argument has at most ${maxListItems} items, not ${maxListLength}.`);
			}
			return admitCost(context, cost, address);
		},
		eventCharges: {
			forgivenMilliseconds,
			millisecondsPerPoint,
			atOnce: costPerSecond === 0 ? Number.POSITIVE_INFINITY : costPerSecond,
			charge: async (token, viewer, points) => {
				const charge = await meter?.charge(token, mayReportAnything(viewer), points);
				return charge === undefined || charge.isAllowed ? 0 : charge.after;
			},
			chargeAfterwards: (token, viewer, points) => chargeAfterwards(token, mayReportAnything(viewer), points),
		},
		plugin: {
			onParse: ({ setParseFn }) => setParseFn((source) => documents.read(typeof source === "string" ? source : source.body)),
			// A schema that is hidden is not to be guessed from suggestions either.
			onValidate: ({ setValidationFn }) => setValidationFn(validateWithin(metrics, introspection !== "everyone")),
			onExecute: ({ context, args, executeFn, setExecuteFn }) => {
				const cost = assertPresent(context.admitted, "what is executed was admitted");
				const abandon = abandonable(args as ExecutionArgs);
				setExecuteFn((args: ExecutionArgs) => withinTime(executeFn(args), maxExecutionTime, abandon));
				return { onExecuteDone: ({ result }) => void Object.assign(result, { extensions: { ...(result as ExecutionResult).extensions, cost } }) };
			},
			onSubscribe: ({ context }) => void assertPresent(context.admitted, "what is subscribed to was admitted"),
		},
	};
}

/** Reads a document, and counts what is looked at. Throws what is wrong with it, or that it is too large. */
function parseWithin(text: string, bounds: DocumentBounds, tally: { tokens: number; selections: number }) {
	const tooLong = textRefusal(text, bounds);
	if (tooLong !== undefined) throw tooLong;
	const document = parse(text, { maxTokens: bounds.tokens });
	tally.tokens = document.tokenCount ?? 0;
	const visit = () => void tally.selections++;
	const refused = documentRefusal(document, bounds, visit);
	if (refused !== undefined) throw refused;
	return { document, introspection: introspectionIn(document, visit) };
}

/** The most errors of a document that are reported: each is looked up in its text, and compared with names of the schema. */
const maxErrors = 20;

/** The time is measured, for what is wrong with a document takes longest to find. */
const validateWithin =
	(metrics: Metrics | undefined, hideSuggestions: boolean): typeof validate =>
	(schema, document, rules, options) => {
		const begun = performance.now();
		const errors = validate(schema, document, rules, { ...options, hideSuggestions, maxErrors: maxErrors });
		metrics?.validation(performance.now() - begun);
		return errors;
	};

/** Charges, while the statements of an operation take more and more milliseconds, what they took beyond its cost. */
function overspending(cost: number, charge: (points: number) => void): (milliseconds: number) => void {
	let paid = Math.max(cost, forgivenMilliseconds / millisecondsPerPoint);
	return (milliseconds) => {
		const owed = Math.floor(milliseconds / millisecondsPerPoint - paid);
		if (owed <= 0) return;
		paid += owed;
		charge(owed);
	};
}

/** Ends the statements of a query, as it also does when the client goes. What changes something goes on. */
function abandonable({ document, operationName, contextValue }: ExecutionArgs): () => void {
	return getOperationAST(document, operationName)?.operation === OperationTypeNode.QUERY ? abandonableBy(contextValue as Context) : () => {};
}

function abandonableBy({ caller, operation }: Context): () => void {
	if (caller === undefined) return () => {};
	const abandon = caller.abandonable();
	operation?.onLeave(abandon);
	return abandon;
}

/** The result, or an error when it takes too long, and is abandoned. */
function withinTime<Result>(
	result: Result | Promise<Result>,
	milliseconds: number,
	abandon: () => void,
): Result | ExecutionResult | Promise<Result | ExecutionResult> {
	if (!(result instanceof Promise)) return result;
	return timed<Result | ExecutionResult>(result, milliseconds, () => {
		abandon();
		return { data: null, errors: [timedOut(milliseconds / 1_000)] };
	});
}

/** The result, or what `late` returns or throws when it takes longer. */
function timed<Result>(result: Promise<Result>, milliseconds: number, late: () => Result): Promise<Result> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => {
			try {
				resolve(late());
			} catch (error) {
				reject(error);
			}
		}, milliseconds);
		result.then(resolve, reject).finally(() => clearTimeout(timer));
	});
}
