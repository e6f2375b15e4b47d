import type { Plugin } from "graphql-yoga";
import { answerHeaders } from "./answer-headers.ts";
import { encoded } from "./compression.ts";

const isJson = /^application\/(graphql-response\+)?json\b/i;

/**
 * Completes what yoga answers: the headers that all answers have, whatever it says there itself, and JSON as the client takes it.
 * Streams are never compressed: an event would wait for the next ones. GraphiQL's page is no answer.
 */
export const useAnswers = (): Plugin => ({
	onResponse: async ({ request, response, setResponse, fetchAPI }) => {
		const type = response.headers.get("content-type") ?? "";
		if (type.startsWith("text/html")) return;
		const alsoBy = response.headers.get("vary")?.match(/access-control-[a-z-]+/gi) ?? []; // what a page may ask, before it does
		for (const [name, value] of Object.entries(answerHeaders)) response.headers.set(name, value);
		if (alsoBy.length > 0) response.headers.set("vary", [answerHeaders.vary, ...alsoBy].join(", "));
		const accepted = request.headers.get("accept-encoding") ?? undefined;
		if (accepted === undefined || !isJson.test(type)) return;
		const { content, headers } = await encoded(await response.text(), accepted);
		const { status, statusText } = response;
		for (const [name, value] of Object.entries(headers)) response.headers.set(name, String(value));
		setResponse(new fetchAPI.Response(content, { status, statusText, headers: response.headers }));
	},
});
