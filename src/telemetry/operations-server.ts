import { createServer, type ServerResponse } from "node:http";
import { listening } from "../shared/listening.ts";
import type { Health } from "./health.ts";
import type { MetricsRegistry } from "./metrics.ts";

export interface OperationsServer {
	/** Where it is, without a path. */
	readonly url: string;
	stop(): Promise<void>;
}

export interface OperationsServerOptions {
	readonly host: string;
	/** 0 takes a free port. */
	readonly port: number;
	readonly health: Health;
	readonly metrics: MetricsRegistry;
}

/**
 * Serves those who run the service, on a port that clients need not reach: `/health/live` while the process does anything,
 * `/health/ready` while requests are to be sent to it, `/metrics` what was counted. Throws a Failure when the port is taken.
 */
export async function startOperationsServer({ host, port, health, metrics }: OperationsServerOptions): Promise<OperationsServer> {
	const routes: Readonly<Record<string, (response: ServerResponse) => void | Promise<void>>> = {
		"/health/live": (response) => answer(response, 200, "live\n"),
		"/health/ready": (response) => answer(response, health.isReady ? 200 : 503, readiness(health)),
		"/metrics": async (response) => answer(response, 200, await metrics.text(), metrics.mediaType),
	};
	const http = createServer((request, response) => {
		const route = routes[request.url?.split("?")[0] ?? ""];
		if (route === undefined) answer(response, 404, "Here are /health/live, /health/ready and /metrics.\n");
		else if (request.method !== "GET" && request.method !== "HEAD") answer(response, 405, "Only GET is answered.\n");
		else Promise.resolve(route(response)).catch(() => response.destroy());
	});
	const url = await listening(http, host, port, "OPERATIONS_PORT");
	return {
		url,
		stop: () =>
			new Promise((resolve) => {
				http.close(() => resolve());
				http.closeAllConnections();
			}),
	};
}

function readiness({ isReady, problem }: Health): string {
	if (isReady) return "ready\n";
	return problem === undefined ? "not ready\n" : `not ready: ${problem}\n`;
}

function answer(response: ServerResponse, status: number, text: string, mediaType = "text/plain; charset=utf-8"): void {
	response.writeHead(status, { "content-type": mediaType, "cache-control": "no-store", "content-length": Buffer.byteLength(text) }).end(text);
}
