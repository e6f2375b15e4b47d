import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ExecutionArgs, ExecutionResult, GraphQLError, GraphQLFormattedError } from "graphql";
import { type Position, salted } from "../event-log/position.ts";
import { type Context, createContext, type Following, type Services } from "../graphql/context.ts";
import { eventsTooFast, rateLimited } from "../graphql/errors.ts";
import type { Ending } from "../shared/ending.ts";
import type { Operation } from "../shared/operation.ts";
import { stoppable } from "../shared/stoppable.ts";
import { type Broadcast, createBroadcast } from "./broadcast.ts";
import { createDistinct, differentPerToken } from "./distinct.ts";
import { Follower } from "./follower.ts";
import type { Listener } from "./listener.ts";
import { givenPosition, hasWrongVariables } from "./operation.ts";
import { type EventCharges, EventsTooFast, pay, pointsPerEvent } from "./payment.ts";
import { sharedKey } from "./shared-key.ts";
import { createStep, type Step } from "./step.ts";

/** The engine's own function: begins the operation, and answers its results one by one, or why it cannot be begun. */
export type Subscribe = (args: ExecutionArgs) => Promise<Results | ExecutionResult> | Results | ExecutionResult;

type Results = AsyncGenerator<ExecutionResult, void, void>;

export interface Subscriptions {
	/**
	 * Begins the subscription for the listener: what is after its position is replayed for it alone, at its own pace; then
	 * it joins those who are told the same, for whom each event is executed and written once. Answers how to stop, or the
	 * errors that keep it from beginning: BAD_USER_INPUT for what is no position, and what the operation is refused with.
	 * `onOver` is called once, when it is over or could not begin.
	 */
	start(args: ExecutionArgs, listener: Listener, subscribe: Subscribe, onOver?: () => void): Promise<Pick<Follower, "stop" | "end"> | ExecutionResult>;
}

const tooManyDifferent = () =>
	rateLimited(`A token follows at most ${differentPerToken} different subscriptions: end one, or ask for several objects in one with a wider filter.`);

/** The operation cannot be begun: the result tells why. */
class NotBegun extends Error {
	override readonly name = "NotBegun";
	readonly result: ExecutionResult;

	constructor(result: ExecutionResult) {
		super(result.errors?.[0]?.message);
		this.result = result;
	}
}

/** Runs all subscriptions of a process. `mask` makes of an event's error what the client may see, `charges` take what events cost. */
export function createSubscriptions(services: Services, mask: (error: unknown) => GraphQLError, charges: EventCharges): Subscriptions {
	const broadcasts = new Map<string, Promise<Broadcast>>();
	const distinct = createDistinct();
	/** Made here: it lasts as long as the subscription does, and would keep all that beginning it took. */
	const goneWith = (operation: Operation | undefined, endOne: () => void, onOver: () => void) => (ending: Ending, told: number) => {
		services.measures?.subscribers(-1);
		operation?.over(ending, told);
		endOne();
		onOver();
	};
	const maskOnce = onceFor(mask);
	function maskEnd(error: unknown): GraphQLError {
		if (error instanceof EventsTooFast) return mask(eventsTooFast(error.seconds, services.log.positions.print(salted(error.at))));
		return maskOnce(error instanceof NotBegun ? error.result.errors?.[0] : error);
	}

	/** A way through the log on which those who listen at the time pay for what is read, and afterwards for what it took. */
	function followingFrom(at: Position, untilCaughtUp: boolean, tokens: () => readonly string[], { caller }: Partial<Context> = {}): Following {
		let took = 0;
		let owed = 0;
		let paid = charges.forgivenMilliseconds;
		let payer: string | undefined;
		caller?.onTook((milliseconds) => {
			took = milliseconds;
		});
		const following: Following = {
			at,
			untilCaughtUp,
			end: undefined,
			onEvents: undefined,
			owe: (points) => {
				owed += points;
			},
			pay: async (points, viewer) => {
				payer = tokens()[0] ?? payer;
				const due = Math.max(points + owed, (took - paid) / charges.millisecondsPerPoint);
				owed = 0;
				paid += due * charges.millisecondsPerPoint;
				await pay(charges, tokens, viewer, due, () => following.at);
			},
			settle: (viewer) => {
				const due = Math.max(owed, (took - paid) / charges.millisecondsPerPoint);
				owed = 0;
				const last = tokens()[0] ?? payer; // nobody may listen any more
				if (due > 0 && last !== undefined) charges.chargeAfterwards(last, viewer, due);
			},
		};
		return following;
	}

	/**
	 * The operation's results along a way through the log, each with how far it is. Events of one reading are executed at once,
	 * so that what they show is read once for all of them, and told one after the other.
	 */
	async function begin(args: ExecutionArgs, following: Following, subscribe: Subscribe): Promise<AsyncGenerator<Step, void, void>> {
		const places: Position[] = [];
		const asked: Promise<IteratorResult<ExecutionResult, void>>[] = [];
		const results = await subscribe({ ...args, contextValue: { ...(args.contextValue as Context), following } });
		if (!(Symbol.asyncIterator in results)) throw new NotBegun(results);
		const perEvent = pointsPerEvent + Math.max(0, (args.contextValue as Context).admitted?.requested ?? 1) - 1;
		following.onEvents = (next) => {
			following.owe(next.length * perEvent);
			places.push(...next);
			// The first of them is asked for already.
			for (const _ of next.slice(1)) {
				const result = results.next();
				result.catch(() => {}); // thrown where it is awaited
				asked.push(result);
			}
		};
		let last = following.at;
		return stoppable(async function* (signal) {
			signal.addEventListener("abort", () => void results.return());
			for (;;) {
				const { value, done } = await (asked.shift() ?? results.next());
				if (done === true) break;
				const { data, errors } = value;
				const masked = errors?.map(mask);
				for (const code of new Set(masked?.map(({ extensions }) => String(extensions["code"])))) services.measures?.eventFailed(code);
				// An event that cannot be read now is not told in part, with its position: whoever goes on from before it is told it then.
				const passing = masked?.find(({ extensions }) => ["SERVICE_UNAVAILABLE", "STATEMENT_TIMEOUT"].includes(String(extensions["code"])));
				if (passing !== undefined) throw passing;
				const text = JSON.stringify(masked === undefined ? { data } : { data, errors: masked.map(formatted) });
				// What is no event of the log has no place in it: there is nothing to go on from.
				const place = places.shift();
				yield createStep(text, place, last, services.log.positions.print);
				last = place ?? last;
				if (asked.length > 0) await nextTurn(); // thousands may have been told: others are served between two events
			}
		});
	}

	/** The broadcast with the key; when there is none, one of the operation is begun at the position. */
	function broadcastOf(key: string, args: ExecutionArgs, at: Position, subscribe: Subscribe): Promise<Broadcast> {
		const known = broadcasts.get(key);
		if (known !== undefined) return known;
		const forget = () => {
			if (broadcasts.get(key) === begun) broadcasts.delete(key);
		};
		let broadcast: Broadcast | undefined;
		const { token = "", viewer, admitted } = args.contextValue as Context;
		// What it takes is charged to those who listen at the time, not to who began it.
		const context = createContext(services, { token, viewer });
		const following = followingFrom(at, false, () => broadcast?.tokens ?? [], context);
		const contextValue: Context = {
			...context,
			admitted,
			// Each event is authorised with the tokens of all who listen then; the broadcast watches them itself.
			authenticate: async () => broadcast?.authorize(),
			tokens: { watch: () => () => {}, stop: async () => {} },
		};
		const begun = begin({ ...args, contextValue }, following, subscribe).then((steps) => {
			broadcast = createBroadcast(services, steps, forget);
			return broadcast;
		});
		broadcasts.set(key, begun);
		begun.catch(forget);
		return begun;
	}

	return {
		start: async (given, listener, subscribe, onOver = () => {}) => {
			const args = { ...given }; // the transport forgets its own as soon as the operation is begun
			const key = hasWrongVariables(args) ? randomUUID() : sharedKey(args);
			const token = (args.contextValue as Context).token ?? "";
			const endOne = distinct.add(token, key);
			if (endOne === undefined) {
				onOver();
				return { errors: [mask(tooManyDifferent())] };
			}
			const ways = {
				replay: async (after: Position) => {
					const following = followingFrom(after, true, () => [token]);
					const steps = await begin(args, following, subscribe);
					return { steps, reached: () => (following.end === "caughtUp" ? salted(following.at) : undefined) };
				},
				broadcast: (from: Position) => broadcastOf(key, args, from, subscribe),
				end: async () => salted(await services.log.end()),
			};
			const follower = new Follower(listener, token, maskEnd, goneWith((args.contextValue as Context).operation, endOne, onOver));
			services.measures?.subscribers(1);
			try {
				await follower.follow(ways, givenPosition(args));
				return follower;
			} catch (error) {
				follower.stop();
				return error instanceof NotBegun ? error.result : { errors: [mask(error)] };
			}
		},
	};
}

/** An error ends all who share a broadcast: it is masked, and written to the error stream, once for all of them. */
function onceFor(mask: (error: unknown) => GraphQLError): (error: unknown) => GraphQLError {
	const masked = new WeakMap<object, GraphQLError>();
	return (error) => {
		if (typeof error !== "object" || error === null) return mask(error);
		const answer = masked.get(error) ?? mask(error);
		masked.set(error, answer);
		return answer;
	};
}

/** The error as it is written, without what is meant for HTTP. */
function formatted(error: GraphQLError): GraphQLFormattedError {
	const { extensions: { http: _status, ...extensions } = {}, ...rest } = error.toJSON();
	return { ...rest, extensions };
}
