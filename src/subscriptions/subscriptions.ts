import { setImmediate as nextTurn } from "node:timers/promises";
import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute, type GraphQLError } from "graphql";
import { type Position, salted } from "../event-log/position.ts";
import { PositionExpired } from "../event-log/position-expired.ts";
import { type Context, createContext, type Following, type Services } from "../graphql/context.ts";
import { eventsTooFast, rateLimited, withoutHttp } from "../graphql/errors.ts";
import type { Ending } from "../shared/ending.ts";
import type { OperationTrace } from "../shared/operation-trace.ts";
import { stoppable } from "../shared/stoppable.ts";
import { type Broadcast, createBroadcast } from "./broadcast.ts";
import { createDistinct, differentPerToken } from "./distinct.ts";
import { readingsOf } from "./follow-log.ts";
import { Follower, type Replay } from "./follower.ts";
import type { Listener } from "./listener.ts";
import { givenPosition } from "./operation.ts";
import { type Bill, type EventCharges, EventsTooFast, pay, pointsPerEvent } from "./payment.ts";
import { sharedKey } from "./shared-key.ts";
import { createStep } from "./step.ts";

/** How an operation's events are found, and each is executed: as graphql-js does. */
export interface Engine {
	readonly source: (args: ExecutionArgs) => Promise<AsyncIterable<unknown> | ExecutionResult>;
	readonly execute: (args: ExecutionArgs) => Promise<ExecutionResult> | ExecutionResult;
}

const graphqlEngine: Engine = { source: createSourceEventStream, execute };

export interface Subscriptions {
	/**
	 * Begins the subscription for the listener: what is after its position is replayed for it alone, at its own pace; then
	 * it joins the broadcast that equal subscriptions share: each event is executed and written once. Returns how to stop, or the
	 * errors that keep it from beginning: BAD_USER_INPUT for what is no position, and what the operation is refused with.
	 * `onOver` is called once, when it is over or could not begin.
	 */
	start(args: ExecutionArgs, listener: Listener, onOver?: () => void): Promise<Pick<Follower, "stop" | "end"> | ExecutionResult>;
}

const tooManyDifferent = () =>
	rateLimited(`A token follows at most ${differentPerToken} different subscriptions: end one, or ask for several objects in one with a wider filter.`);

/** The operation cannot be begun: the result says why. */
class NotBegun extends Error {
	override readonly name = "NotBegun";
	readonly result: ExecutionResult;

	constructor(result: ExecutionResult) {
		super(result.errors?.[0]?.message);
		this.result = result;
	}
}

/** Runs all subscriptions of a process. `mask` makes of an event's error what the client may see, `charges` take what events cost. */
export function createSubscriptions(
	services: Services,
	mask: (error: unknown) => GraphQLError,
	charges: EventCharges,
	engine: Engine = graphqlEngine,
): Subscriptions {
	const broadcasts = new Map<string, Promise<Broadcast>>();
	const distinct = createDistinct();
	/** Made here: it lasts as long as the subscription does, and would keep all that beginning it took. */
	const goneWith = (operation: OperationTrace | undefined, endOne: () => void, onOver: () => void) => (ending: Ending, told: number) => {
		services.metrics?.subscribers(-1);
		operation?.over(ending, told);
		endOne();
		onOver();
	};
	const maskOnce = onceFor(mask);
	function maskEnd(error: unknown): GraphQLError {
		if (error instanceof EventsTooFast) return mask(eventsTooFast(error.seconds, services.log.positions.print(salted(error.at))));
		return maskOnce(error instanceof NotBegun ? error.result.errors?.[0] : error);
	}

	/** What the current listeners pay for what is read, and afterwards for what it took. */
	function billFor(tokens: () => readonly string[], { caller }: Partial<Context> = {}): Bill {
		let took = 0;
		let owed = 0;
		let paid = charges.forgivenMilliseconds;
		let payer: string | undefined;
		caller?.onTook((milliseconds) => {
			took = milliseconds;
		});
		return {
			owe: (points) => {
				owed += points;
			},
			pay: async (points, viewer, at) => {
				payer = tokens()[0] ?? payer;
				const due = Math.max(points + owed, (took - paid) / charges.millisecondsPerPoint);
				owed = 0;
				paid += due * charges.millisecondsPerPoint;
				await pay(charges, tokens, viewer, due, at);
			},
			settle: (viewer) => {
				const due = Math.max(owed, (took - paid) / charges.millisecondsPerPoint);
				owed = 0;
				const last = tokens()[0] ?? payer; // the last listener may have left
				if (due > 0 && last !== undefined) charges.chargeAfterwards(last, viewer, due);
			},
		};
	}

	/**
	 * Begins the operation: reads its source, and executes each event. Events of one reading are executed at once, so that
	 * what they show is read once for all of them, and emitted one after the other, each with its position.
	 */
	async function begin(args: ExecutionArgs, following: Following, { owe }: Bill): Promise<Replay> {
		const contextValue: Context = { ...(args.contextValue as Context), following };
		const source = await engine.source({ ...args, contextValue });
		if (!(Symbol.asyncIterator in source)) throw new NotBegun(source);
		const readings = readingsOf(source);
		const perEvent = pointsPerEvent + Math.max(0, contextValue.admitted?.requested ?? 1) - 1;
		let last = following.from;
		let end: Position | undefined;
		const steps = stoppable(async function* (signal) {
			signal.addEventListener("abort", () => void readings.return());
			let looked = following.from;
			for await (const { events, reached } of readings) {
				owe(events.length * perEvent);
				const results = events.map(async (event) => engine.execute({ ...args, contextValue, rootValue: event }));
				for (const result of results) result.catch(() => {}); // thrown where it is awaited
				for (const [index, event] of events.entries()) {
					// What is no event of the log has no position: there is nothing to go on from.
					const at = event instanceof PositionExpired ? undefined : event.at;
					yield createStep(written(await results[index]), at, last, services.log.positions.print);
					if (at === undefined) return;
					last = at;
					if (index < events.length - 1) await nextTurn(); // it may have gone to thousands: others are served between two events
				}
				looked = reached;
			}
			if (!signal.aborted) end = looked;
		});
		return { steps, reached: () => end && salted(end) };
	}

	/** The event's result as JSON. Throws an error that passes: a subscriber that goes on from before the event gets it whole then. */
	function written({ data, errors }: ExecutionResult = {}): string {
		const masked = errors?.map(mask);
		for (const code of new Set(masked?.map(({ extensions }) => String(extensions["code"])))) services.metrics?.eventFailed(code);
		const passing = masked?.find(({ extensions }) => ["SERVICE_UNAVAILABLE", "STATEMENT_TIMEOUT"].includes(String(extensions["code"])));
		if (passing !== undefined) throw passing;
		return JSON.stringify(masked === undefined ? { data } : { data, errors: masked.map(withoutHttp) });
	}

	/** The broadcast with the key; when there is none, one of the operation is begun at the position. */
	function broadcastOf(key: string, args: ExecutionArgs, from: Position): Promise<Broadcast> {
		const known = broadcasts.get(key);
		if (known !== undefined) return known;
		const forget = () => {
			if (broadcasts.get(key) === begun) broadcasts.delete(key);
		};
		let broadcast: Broadcast | undefined;
		const { token = "", viewer, admitted } = args.contextValue as Context;
		// What it takes is charged to its current listeners, not to the client that began it.
		const context: Context = { ...createContext(services, { token, viewer }), admitted };
		const bill = billFor(() => broadcast?.tokens ?? [], context);
		// Each event is authorised with the tokens of all its current listeners; the broadcast watches them itself.
		const following: Following = { from, untilCaughtUp: false, authorize: async () => broadcast?.authorize(), watch: () => () => {}, ...bill };
		const begun = begin({ ...args, contextValue: context }, following, bill).then(({ steps }) => {
			broadcast = createBroadcast(services, steps, forget);
			return broadcast;
		});
		broadcasts.set(key, begun);
		begun.catch(forget);
		return begun;
	}

	/** What is after the position until now, for one subscriber. */
	function replayOf(args: ExecutionArgs, from: Position): Promise<Replay> {
		const { token = "", authenticate, tokens } = args.contextValue as Context;
		const bill = billFor(() => [token]);
		const following: Following = {
			from,
			untilCaughtUp: true,
			authorize: () => authenticate(token),
			watch: (onEnd) => tokens.watch(token, onEnd),
			...bill,
		};
		return begin(args, following, bill);
	}

	return {
		start: async (given, listener, onOver = () => {}) => {
			const args = { ...given }; // the transport forgets its own as soon as the operation is begun
			const key = sharedKey(args);
			const token = (args.contextValue as Context).token ?? "";
			const endOne = distinct.add(token, key);
			if (endOne === undefined) {
				onOver();
				return { errors: [mask(tooManyDifferent())] };
			}
			const sources = {
				replay: (after: Position) => replayOf(args, after),
				broadcast: (from: Position) => broadcastOf(key, args, from),
				end: async () => salted(await services.log.end()),
			};
			const follower = new Follower(listener, token, maskEnd, goneWith((args.contextValue as Context).operation, endOne, onOver));
			services.metrics?.subscribers(1);
			try {
				await follower.follow(sources, givenPosition(args));
				return follower;
			} catch (error) {
				follower.stop();
				return error instanceof NotBegun ? error.result : { errors: [mask(error)] };
			}
		},
	};
}

/** An error ends all members of a broadcast: it is masked, and written to the error stream, once for all of them. */
function onceFor(mask: (error: unknown) => GraphQLError): (error: unknown) => GraphQLError {
	const masked = new WeakMap<object, GraphQLError>();
	return (error) => {
		if (typeof error !== "object" || error === null) return mask(error);
		const answer = masked.get(error) ?? mask(error);
		masked.set(error, answer);
		return answer;
	};
}
