import type { Thing } from "../support/fixture.rows.ts";
import { nodeId, uuidOf } from "../support/fixture.rows.ts";
import { connectRaw } from "../support/raw-sockets.ts";
import type { Difference } from "./matrix.ts";
import type { Viewer } from "./rules.ts";

const document =
	'subscription { event: policyFirings(after: "0") { __typename ... on PolicyFiringEvent { position firing { id policy { id } cause { id } } } ... on PositionExpiredError { code message path problems { code message path } } } }';

/** The ids of the firings that a viewer is told of again, in the order of the log, until as many are told as staff is. */
export async function replayed(url: string, viewers: readonly string[], count: number): Promise<Map<string, string[]>> {
	const sockets = new Map<string, Awaited<ReturnType<typeof connectRaw>>>();
	for (const viewer of [...viewers, "staff"]) sockets.set(viewer, await connectRaw(url, `demo_${viewer}`));
	for (const socket of sockets.values()) socket.subscribe("firings", document);
	const told = new Map<string, string[]>();
	const isNext = ({ type }: { type: string }) => type === "next" || type === "error";
	// Whoever subscribed before staff has been told before it what it is told at all; a round more for what is under way.
	let seen = 0;
	await sockets.get("staff")?.received((message) => isNext(message) && ++seen === count);
	for (const [viewer, socket] of sockets) {
		socket.send({ type: "ping" });
		await socket.received(({ type }) => type === "pong");
		told.set(
			viewer,
			socket.messages.filter(isNext).map(({ payload }) => payload?.data?.event?.firing?.id ?? JSON.stringify(payload)),
		);
		socket.close();
	}
	return told;
}

/** Where the firings that viewers are told of are not those that they see. */
export async function eventDifferences(url: string, viewers: readonly Viewer[], things: readonly Thing[]): Promise<Difference[]> {
	const firings = things.filter(({ model }) => model === "PolicyFiring");
	const told = await replayed(
		url,
		viewers.map(({ name }) => name),
		firings.length,
	);
	return viewers.flatMap(({ name, row }) => {
		const expected = firings.filter(({ place }) => row.provides(place)).map((firing) => nodeId("PolicyFiring", uuidOf("PolicyFiring", firing.name)));
		const read = told.get(name) ?? [];
		return JSON.stringify(read) === JSON.stringify(expected) ? [] : [{ where: `${name} policyFirings`, expected, read }];
	});
}
