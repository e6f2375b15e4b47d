import { setTimeout as pause } from "node:timers/promises";
import { asked } from "./followers.ts";
import type { Drill } from "./life.ts";
import { type Relay, startRelay } from "./relay.ts";
import type { DrillServer, Major, Servers } from "./servers.ts";

/** What a drill works with. */
export interface Place {
	readonly servers: Servers;
	/** The server that serves. */
	readonly serving: DrillServer;
	/** Has the service find the server from now on. */
	serve(server: DrillServer): void;
}

type DrillAt = (place: Place) => Drill;

/** How many events are told of what is lost then. */
const lostEvents = 5;

/** A backup is restored into a server that has nothing: 15's by its programs, of 18 by a low-level backup. */
const restored = async (major: Major, { servers, serving }: Place, how: "custom" | "plain"): Promise<DrillServer> => {
	if (major !== 15) {
		const copy = await serving.backUp();
		await copy.start();
		return copy;
	}
	const fresh = await servers.fresh();
	await serving.restoreInto(fresh, how);
	return fresh;
};

export const restore =
	(major: Major): DrillAt =>
	(place) => ({
		name: "a restore of all there was",
		loses: false,
		run: async ({ reports }) => {
			await reports.pause();
			const serving = await restored(major, place, "custom");
			place.serve(serving);
			await place.serving.stop();
			return { serving, lost: place.serving };
		},
	});

export const lateRestore =
	(major: Major): DrillAt =>
	(place) => ({
		name: "a restore of an older backup",
		loses: true,
		run: async ({ told }) => {
			const serving = await restored(major, place, "plain");
			await told(lostEvents);
			place.serve(serving);
			return { serving, lost: place.serving };
		},
	});

/** A standby that has all that the primary has, and the way on which it gets more. */
async function standbyOf(serving: DrillServer): Promise<{ standby: DrillServer; link: Relay }> {
	const link = await startRelay(serving.port);
	const standby = await serving.backUp();
	standby.standBy(link.port);
	await standby.start();
	await standby.caughtUpWith(serving);
	return { standby, link };
}

export const cleanPromotion: DrillAt = (place) => ({
	name: "a clean promotion",
	loses: false,
	run: async () => {
		const { standby, link } = await standbyOf(place.serving);
		await place.serving.stop(); // which hands over all that it has
		await standby.promote();
		place.serve(standby);
		await link.close();
		return { serving: standby, lost: place.serving };
	},
});

export const lossyPromotion: DrillAt = (place) => ({
	name: "a lossy promotion",
	loses: true,
	run: async ({ told }) => {
		const { standby, link } = await standbyOf(place.serving);
		await link.close();
		await told(lostEvents);
		await place.serving.kill();
		await standby.promote();
		place.serve(standby);
		return { serving: standby, lost: place.serving };
	},
});

export const putBack: DrillAt = (place) => ({
	name: "a volume put back",
	loses: true,
	run: async ({ told }) => {
		await place.serving.stop();
		const serving = await place.serving.snapshot();
		await place.serving.start();
		await told(lostEvents);
		await place.serving.stop();
		await serving.start();
		place.serve(serving);
		return { serving, lost: place.serving };
	},
});

export const recovery: DrillAt = (place) => ({
	name: "a recovery to a point in time",
	loses: true,
	run: async ({ told }) => {
		const serving = await place.serving.backUp();
		await told(lostEvents);
		await place.serving.run("select pg_create_restore_point('drill')");
		await told(lostEvents);
		await place.serving.archiveAll();
		await place.serving.stop();
		serving.recoverTo("drill", place.serving);
		await serving.start();
		await serving.recovered();
		place.serve(serving);
		return { serving, lost: place.serving };
	},
});

/** A primary, and its standby that is there all the time. */
export interface Pair {
	primary: DrillServer;
	standby: DrillServer;
	link: Relay;
}

export async function pairOf(primary: DrillServer): Promise<Pair> {
	return { primary, ...(await standbyOf(primary)) };
}

/** Two servers change places: the one that was stopped comes back as the standby of the other one. */
export const changeOfPlaces = (pair: Pair): Drill => ({
	name: "a change of places",
	loses: false,
	run: async () => {
		const { primary, standby, link } = pair;
		await standby.caughtUpWith(primary);
		await primary.stop();
		await standby.promote();
		await link.close();
		const back = await startRelay(standby.port);
		primary.standBy(back.port);
		await primary.start();
		Object.assign(pair, { primary: standby, standby: primary, link: back });
		return { serving: standby };
	},
});

export const lostPrimary = (pair: Pair): Drill => ({
	name: "a lossy promotion among two hosts",
	loses: true,
	run: async ({ told }) => {
		const { primary, standby, link } = pair;
		await standby.caughtUpWith(primary);
		await link.close();
		await told(lostEvents);
		await primary.kill();
		await standby.promote();
		return { serving: standby, lost: primary };
	},
});

/** What was seen of the service while its server was a standby. */
export interface Demoted {
	/** From when the standby took connections until it was to be promoted, by `performance.now()`. */
	from: number;
	to: number;
	/** Answers to reads in that time, by their code; "" for those that were answered. */
	reads: Record<string, number>;
	/** Followers that were told SERVICE_UNAVAILABLE, of all. */
	told: number;
	followers: number;
}

/** How long it is a standby, in milliseconds: longer than it takes to be not ready. */
const demotedFor = 3_000;

export const demotion =
	(seen: (demoted: Demoted) => void): DrillAt =>
	({ serving }) => ({
		name: "a demotion and a promotion",
		loses: false,
		run: async ({ followers, url, token, resources }) => {
			const before = followers.map(({ ends }) => ends.unavailable);
			await serving.stop();
			serving.standBy();
			await serving.start();
			const from = performance.now();
			const reads: Record<string, number> = {};
			const toldNow = () => followers.filter(({ ends }, at) => ends.unavailable > (before[at] ?? 0)).length;
			const isOver = () => performance.now() > from + demotedFor && toldNow() === followers.length && (reads[""] ?? 0) > 10;
			while (!isOver() && performance.now() < from + 30_000) {
				const answer = await asked(url(), token, `{ resource(uuid: "${resources[0]}") { name currentUsages { amount } } }`);
				const code = answer === undefined ? "none" : (answer.errors?.[0]?.extensions?.code ?? "");
				reads[code] = (reads[code] ?? 0) + 1;
				await pause(20);
			}
			seen({ from, to: performance.now(), reads, told: toldNow(), followers: followers.length });
			await serving.promote();
			return { serving };
		},
	});
