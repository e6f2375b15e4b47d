import type { WaldurState } from "./state.ts";
import type { Interception } from "./waldur.ts";

/** Answers so many requests of a list by itself, and the others as usual. */
export function failing(list: string, times: number, fail: Interception): Interception {
	let left = times;
	return (request, response, state) => isOf(list, request.url) && left-- > 0 && fail(request, response, state);
}

/** An answer of this status. */
export const answering =
	(status: number, headers: Readonly<Record<string, string>> = {}): Interception =>
	(_, response) => {
		response.writeHead(status, headers).end();
		return true;
	};

/** An answer that ends before it is complete. */
export const cutOff: Interception = (_, response) => {
	response.writeHead(200, { "content-length": 1_000 });
	response.write("[");
	response.socket?.destroy();
	return true;
};

/** An answer that never comes. */
export const hanging: Interception = () => true;

/** Changes the state before the list's request of this number, counted from 1 over all readings, is answered. */
export function changing(list: string, numbers: readonly number[], change: (state: WaldurState, number: number) => void): Interception {
	let asked = 0;
	return (request, _, state) => {
		if (isOf(list, request.url) && numbers.includes(++asked)) change(state, asked);
		return false;
	};
}

const isOf = (list: string, url: string | undefined) => url?.startsWith(`/api/${list}/`) === true;
