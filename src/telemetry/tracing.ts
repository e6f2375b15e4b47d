import type { Context, Span } from "@opentelemetry/api";
import type { AnsweredOperation } from "./answered.ts";

/** Sends a collector of OpenTelemetry what each operation did, and when. */
export interface Tracing {
	/** Begins an operation, which is part of the client's trace when it names one. */
	begin(traceparent: string | undefined): OperationSpan;
	/** Sends what has not been sent, and waits a few seconds for it. */
	stop(): Promise<void>;
}

export interface OperationSpan {
	/** The trace that it is part of: the client's, when it names one. */
	readonly traceId: string;
	/** Runs a statement of the operation. Its text is sent, its values are not. */
	statement<Result>(text: string, run: () => Promise<Result>): Promise<Result>;
	end(answered: AnsweredOperation): void;
}

/** How long the collector may take, in milliseconds: a service that stops does not wait for it longer. */
const timeout = 3_000;

/** Starts to send spans to the collector at the base URL, by OTLP over HTTP. Loads the packages for it: without tracing, they take nothing. */
export async function startTracing(endpoint: string): Promise<Tracing> {
	const { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = await import("@opentelemetry/api");
	const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
	const { resourceFromAttributes } = await import("@opentelemetry/resources");
	const { BasicTracerProvider, BatchSpanProcessor } = await import("@opentelemetry/sdk-trace-base");

	const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, "")}/v1/traces`, timeoutMillis: timeout });
	const provider = new BasicTracerProvider({
		resource: resourceFromAttributes({ "service.name": "usage-gateway" }),
		spanProcessors: [new BatchSpanProcessor(exporter)],
	});
	const tracer = provider.getTracer("usage-gateway");

	function statementIn(parent: Context, text: string): (failed: boolean) => void {
		const span = tracer.startSpan(firstWord(text), { kind: SpanKind.CLIENT, attributes: { "db.system.name": "postgresql", "db.query.text": text } }, parent);
		return (failed) => {
			if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
			span.end();
		};
	}

	function finish(span: Span, { requestId, viewer, type, name, cost, statements, codes, outcome }: AnsweredOperation): void {
		span.updateName([type ?? "request", ...(name === undefined ? [] : [name])].join(" "));
		span.setAttributes({ "usage_gateway.request_id": requestId, "usage_gateway.statements": statements, "usage_gateway.codes": [...codes] });
		if (viewer !== undefined) span.setAttribute("enduser.id", viewer);
		if (type !== undefined) span.setAttribute("graphql.operation.type", type);
		if (name !== undefined) span.setAttribute("graphql.operation.name", name);
		if (cost !== undefined) span.setAttribute("usage_gateway.cost", cost);
		if (outcome === "failed") span.setStatus({ code: SpanStatusCode.ERROR });
		span.end();
	}

	return {
		begin: (traceparent) => {
			const remote = remoteSpan(traceparent);
			const span = tracer.startSpan("request", { kind: SpanKind.SERVER }, remote === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote));
			const within = trace.setSpan(ROOT_CONTEXT, span);
			return {
				traceId: span.spanContext().traceId,
				statement: (text, run) => {
					const ended = statementIn(within, text);
					const answer = run();
					answer.then(
						() => ended(false),
						() => ended(true),
					);
					return answer;
				},
				end: (answered) => finish(span, answered),
			};
		},
		stop: async () => {
			let waiting: NodeJS.Timeout | undefined;
			const tired = new Promise<void>((resolve) => {
				waiting = setTimeout(resolve, timeout);
			});
			await Promise.race([provider.shutdown().catch(() => {}), tired]); // a collector that is away delays no stop
			clearTimeout(waiting);
		},
	};
}

const firstWord = (text: string): string => /\w+/.exec(text)?.[0].toLowerCase() ?? "statement";

/** The span that the client is in, as W3C Trace Context writes it; undefined when it names none. */
export function remoteSpan(traceparent: string | undefined) {
	const [, traceId, spanId, flags] = /^00-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})$/.exec(traceparent ?? "") ?? [];
	if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
	return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
}
