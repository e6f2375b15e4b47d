import type { IncomingMessage } from "node:http";
import type { DocumentNode, ExecutionArgs, GraphQLError, OperationDefinitionNode, OperationTypeNode } from "graphql";
import type { YogaServerInstance } from "graphql-yoga";
import type { Viewer } from "../access/viewer.ts";
import type { Context } from "../graphql/context.ts";
import type { OperationTrace } from "../shared/operation-trace.ts";
import type { AskedDocuments } from "./documents/asked-documents.ts";
import type { TrustedOperation } from "./documents/prepare-trusted.ts";
import type { Admission } from "./limits/admission.ts";
import type { OpenStreams } from "./limits/open-streams.ts";
import type { Slots } from "./limits/slots.ts";

/** What the transport hands to an operation. */
export interface Transport {
	/** The Authorization header, or the parameter of that name of a WebSocket connection. */
	authorization?: string | undefined;
	/** The position that a WebSocket's subscriptions go on from, unless they say themselves. */
	after?: string | undefined;
	/** The operation as those who run the service observe it. */
	operation?: OperationTrace | undefined;
	/** Where it comes from. */
	address?: string | undefined;
}

/** What a client asks, as its transport has read it. */
export interface Question {
	readonly query: string;
	readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
	readonly operationName?: string | null | undefined;
	/** The hash under which the client wants to name its document from now on. */
	readonly keepAs?: string | undefined;
	/** Where it comes from: who does not sign in is metered by it. */
	readonly address: string;
	/** What says that it is asked by the router of a federation. */
	readonly routerToken: string | undefined;
}

/** An operation that may be executed, or what it is refused with. */
export type Prepared =
	| { readonly args: ExecutionArgs & { readonly contextValue: Context }; readonly type: OperationTypeNode }
	| { readonly errors: readonly GraphQLError[] };

/** The engine of one request, with its context. */
export type Engine = ReturnType<YogaServerInstance<Transport, Context>["getEnveloped"]>;

/** A document that was read, and which of its operations is meant; undefined when it has none of the name, or several. */
export interface ReadQuestion {
	readonly document: DocumentNode;
	readonly operation: OperationDefinitionNode | undefined;
}

/** `read` is what has been read of the question before. */
export type Prepare = (engine: Engine, question: Question, read?: ReadQuestion) => Promise<Prepared>;

/** Whom a token from an address signs in. Throws RATE_LIMITED when the address has tried too many in vain. */
export type SignIn = (token: string, address: string) => Promise<Viewer | undefined>;

/** What HTTP, server-sent events and WebSocket share. */
export interface Pipeline {
	readonly yoga: YogaServerInstance<Transport, Context>;
	/** Finds the documents that requests name. */
	readonly documents: AskedDocuments;
	/** What is known of the operations of trusted documents, where there are any. */
	readonly trusted: readonly TrustedOperation[];
	/** The error as it is sent; `onBug` is called when it is our fault. */
	readonly mask: (error: unknown) => GraphQLError;
	/** What each transport brings its operations through before it executes them. */
	readonly prepare: Prepare;
	readonly authenticate: SignIn;
	/** The context of an operation outside of GraphQL, of whom the header signs in. Throws UNAUTHENTICATED for a token that is not good. */
	readonly contextOf: (authorization: string | undefined, address: string, operation: OperationTrace) => Promise<Context>;
	/** The same promise, whose errors are logged with the operation's request. */
	readonly watch: <Result>(promise: Promise<Result>, operation: OperationTrace) => Promise<Result>;
	/** Lets such an operation run. */
	readonly admission: Pick<Admission, "admitCost" | "within">;
	/** The connections of each token: WebSockets and streams of events together. */
	readonly connections: Slots;
	readonly streams: OpenStreams;
	/** Where a request comes from: who does not sign in is metered by it. */
	readonly addressOf: (request: IncomingMessage) => string;
}
