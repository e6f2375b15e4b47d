import { type ExecutionResult, GraphQLError, OperationTypeNode } from "graphql";
import { createYoga, isAsyncIterable, mapAsyncIterator, type Plugin } from "graphql-yoga";
import { tokenIn } from "../access/token.ts";
import type { Viewer } from "../access/viewer.ts";
import { createRouter, routerHeader } from "../federation/router.ts";
import { subgraphOf } from "../federation/subgraph.ts";
import { type Asker, type Context, createContext, type Services } from "../graphql/context.ts";
import { useErrorCodes } from "../graphql/error-codes.ts";
import { recoded, tooManyTokens, unauthenticated } from "../graphql/errors.ts";
import { maskError } from "../graphql/mask-error.ts";
import { schema } from "../schema.ts";
import type { OperationTrace } from "../shared/operation-trace.ts";
import { createSubscriptions } from "../subscriptions/subscriptions.ts";
import { useAnswers } from "./answers.ts";
import { createAskedDocuments } from "./documents/asked-documents.ts";
import { prepareTrusted } from "./documents/prepare-trusted.ts";
import type { TrustedDocuments } from "./documents/trusted-documents.ts";
import { type AdmissionOptions, createAdmission } from "./limits/admission.ts";
import { clientAddress, type Proxies } from "./limits/client-address.ts";
import { documentBounds } from "./limits/document-bounds.ts";
import { connectionsPerToken } from "./limits/limits.ts";
import { createOpenStreams } from "./limits/open-streams.ts";
import { createSignInMeter } from "./limits/sign-in-meter.ts";
import { createSlots } from "./limits/slots.ts";
import { useMultipartSubscriptions } from "./multipart-subscriptions.ts";
import { RequestsOfErrors, useOperations } from "./observed-operations.ts";
import type { Engine, Pipeline, Prepare, SignIn, Transport } from "./pipeline.ts";
import { usePlannedQueries } from "./planned-queries.ts";
import { createPrepare } from "./prepare.ts";
import { createRequestReader, type RequestReader } from "./read-request.ts";
import { useSharedSubscriptions } from "./shared-subscriptions.ts";

export const endpoint = "/graphql";

/** Codes of yoga for requests that it refuses. */
const ofTransport: ReadonlySet<string> = new Set(["OPERATION_RESOLUTION_FAILURE", "REQUEST_ENTITY_TOO_LARGE"]);

/** What is wrong with a variable ends with names of the schema that look alike. */
const suggestion = / Did you mean [^?]+\?$/;

/** The most that is read of a request, in bytes. */
export const maxBodyBytes = 256 * 1024;

export interface YogaOptions {
	/** What an operation and a token may ask for. */
	readonly admission: AdmissionOptions;
	/** The only documents that are answered, but for staff; any when absent. */
	readonly trusted?: TrustedDocuments | undefined;
	/** Other origins whose pages may ask. */
	readonly origins: readonly string[];
	/** What the router of a federation is known by; it is like any other client when absent. */
	readonly federationToken?: string | undefined;
	/** Called with errors of no known kind, our bugs, and with the request that met them, when it is known. */
	readonly onBug: (error: unknown, requestId?: string) => void;
}

/** The GraphQL pipeline that HTTP, server-sent events and WebSocket share. Throws a Failure for a trusted document that is not good. */
export function createPipeline(services: Services, options: YogaOptions, proxies: Proxies): Pipeline {
	const { admission, trusted, origins, federationToken, onBug } = options;
	subgraphOf(schema); // written now, once for a process: it takes a tenth of a second, for which no request waits
	const requests = new RequestsOfErrors();
	const mask: Pipeline["mask"] = (thrown) => {
		if (admission.introspection !== "everyone" && thrown instanceof GraphQLError) thrown.message = thrown.message.replace(suggestion, "");
		const { error, isBug } = maskError(thrown);
		if (isBug) onBug(thrown instanceof GraphQLError ? (thrown.originalError ?? thrown) : thrown, requests.of(thrown));
		return ofTransport.has(String(error.extensions["code"])) ? recoded(error, "BAD_REQUEST") : error;
	};
	const connections = createSlots(connectionsPerToken);
	const streams = createOpenStreams();
	const authenticate = meteredSignIn(services, admission);
	const { documents, admit, admitCost, within, weigh, eventCharges, plugin } = createAdmission(services, admission);
	const asked = createAskedDocuments(trusted, (admission.bounds ?? documentBounds).characters);
	const reader = createRequestReader(asked);
	const prepared = trusted === undefined ? [] : prepareTrusted(trusted, { documents, weigh, maxCost: admission.maxCost });
	const prepare = createPrepare(documents, asked, { admit, weigh }, createRouter(federationToken, trusted === undefined), (error, { operation }) => {
		requests.add([error], operation);
		return mask(error);
	});
	const contextOf: Pipeline["contextOf"] = (authorization, address, operation) =>
		contextFor(services, (token) => authenticate(token, address), authorization, {}, operation);
	const watch: Pipeline["watch"] = (promise, operation) => requests.watch(promise, operation);
	const yoga: Pipeline["yoga"] = createYoga<Transport, Context>({
		schema,
		graphqlEndpoint: endpoint,
		landingPage: false,
		cors: origins.length === 0 ? false : { origin: [...origins], methods: ["GET", "POST"], exposedHeaders: ["retry-after", "x-request-id"], maxAge: 3_600 },
		maxRequestBodySize: maxBodyBytes,
		multipart: false,
		parserAndValidationCache: false, // it keeps all that any client sends
		logging: false,
		graphiql: false, // the server answers browsers before
		// The order matters. What is known of an operation first, for all that comes after is logged together with it; then what reads
		// the request, before prepare takes over from yoga's own order of steps. Error codes come before what parses and validates,
		// whose results they change. Of those that replace how a document is executed, each wraps what the one before it has set: the
		// plan first, and around it the admission's time limit, which also stops a plan.
		plugins: [
			useAnswers(),
			useMultipartSubscriptions(),
			useOperations(requests),
			reader.plugin,
			usePrepared(prepare, mask, reader.keepAs, (context) => yoga.getEnveloped(context)),
			useErrorCodes(),
			usePlannedQueries(documents),
			useSharedSubscriptions(createSubscriptions(services, mask, eventCharges), connections, streams, services.metrics),
			plugin,
		],
		maskedErrors: { maskError: mask },
		context: ({ request, authorization, after, operation, address = "" }) => {
			const given = authorization ?? request?.headers.get("authorization") ?? undefined;
			const from = { lastEventId: request?.headers.get("last-event-id") ?? undefined, connectionAfter: after };
			const context = contextFor(services, (token) => authenticate(token, address), given, from, operation);
			return requests.watch(context, operation);
		},
	});
	return {
		yoga,
		documents: asked,
		trusted: prepared,
		mask,
		prepare,
		authenticate,
		contextOf,
		watch,
		admission: { admitCost, within, eventCharges },
		connections,
		streams,
		addressOf: (request) => clientAddress(request, proxies),
	};
}

/** Executes what comes as a fetch in the order that all transports have, rather than in yoga's, which validates before it knows who asks. */
const usePrepared = (
	prepare: Prepare,
	mask: Pipeline["mask"],
	keepAs: RequestReader["keepAs"],
	engineOf: (context: object) => Engine,
): Plugin<Context, Transport> => ({
	onParams: ({ setParamsHandler }) =>
		setParamsHandler(async ({ request, params, context }) => {
			const { query = "", variables, operationName } = params;
			const engine = engineOf(Object.assign(context, { request, params }));
			const routerToken = request.headers.get(routerHeader) ?? undefined;
			const prepared = await prepare(engine, { query, variables, operationName, keepAs: keepAs(params), address: context.address ?? "", routerToken });
			if ("errors" in prepared) return prepared;
			if (prepared.type !== OperationTypeNode.SUBSCRIPTION) return engine.execute(prepared.args);
			const begun = await engine.subscribe(prepared.args);
			// What ends a stream of events is its last event.
			return isAsyncIterable(begun)
				? mapAsyncIterator(
						begun,
						(result) => result,
						(error: unknown): ExecutionResult => ({ errors: [mask(error)] }),
					)
				: begun;
		}),
});

function meteredSignIn({ authenticate }: Services, { costPerSecond }: AdmissionOptions): SignIn {
	if (costPerSecond === 0) return authenticate;
	const meter = createSignInMeter(() => performance.now());
	return async (token, address) => {
		const wait = meter.waitFor(address, token);
		if (wait > 0) throw tooManyTokens(wait);
		const viewer = await authenticate(token);
		if (viewer === undefined) meter.failed(address);
		else meter.succeeded(token);
		return viewer;
	};
}

async function contextFor(
	services: Services,
	signIn: (token: string) => Promise<Viewer | undefined>,
	authorization: string | undefined,
	from: Pick<Asker, "lastEventId" | "connectionAfter">,
	operation: OperationTrace | undefined,
): Promise<Context> {
	if (authorization === undefined || authorization.trim() === "") return createContext(services, undefined, operation);
	const token = tokenIn(authorization);
	const viewer = token === undefined ? undefined : await signIn(token);
	if (token === undefined || viewer === undefined) throw unauthenticated("The token is unknown, expired or revoked.");
	operation?.signedIn(viewer.username);
	return createContext(services, { token, viewer, ...from }, operation);
}
