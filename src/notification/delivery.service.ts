import type { Database } from "../database/database.ts";
import type { Clock } from "../shared/clock.ts";
import { every } from "../shared/every.ts";
import type { MailTransport } from "./mail.transport.ts";
import { deliverDue, tellingOfUnsent } from "./notification.service.ts";

export interface DeliveryOptions {
	readonly database: Database;
	readonly clock: Clock;
	/** Without one nothing is sent. */
	readonly transport: MailTransport | undefined;
	/** Told of each notification that is not sent for want of a transport. */
	readonly tell: (line: string) => void;
	/** Told when the database fails; the next round tries again. */
	readonly onError: (error: unknown) => void;
	/** Between two rounds, in milliseconds. */
	readonly pause?: number;
	/** How long stopping waits for what is being sent before it breaks that off, in milliseconds. */
	readonly patience?: number;
}

/** Delivers notifications in rounds until it is stopped. Any number of processes may do so on one database. */
export function startDelivery({ database, clock, transport, tell, onError, pause = 3_000, patience = 5_000 }: DeliveryOptions): { stop(): Promise<void> } {
	if (transport === undefined) return every(pause, tellingOfUnsent(database, clock, tell), onError);

	const stopping = new AbortController();
	const rounds = every(pause, () => deliverDue({ database, clock, transport }, stopping.signal), onError);
	return {
		stop: async () => {
			stopping.abort();
			const breakingOff = setTimeout(() => transport.close(), patience);
			await rounds.stop();
			clearTimeout(breakingOff);
			transport.close();
		},
	};
}
