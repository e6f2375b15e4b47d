import { startProgram } from "./processes.ts";
import type { Delivery, Opening } from "./subscribers.ts";

/** Subscribers in a process of their own, one socket each. */
export interface Crowd {
	/** Waits until all of them were told of the alert. False when they were not within so many milliseconds. */
	allTold(uuid: string, within: number): Promise<boolean>;
	deliveries(): Promise<readonly Delivery[]>;
	/** Closes all sockets. */
	leave(): Promise<void>;
}

/** Resolves when each of them has asked for its subscription. What goes wrong from then on fails what is waited for. */
export async function gather(opening: Opening): Promise<Crowd> {
	const program = startProgram("subscribers");
	const told = new Set<string>();
	let check = () => {};
	program.on<string>("delivered", (uuid) => {
		told.add(uuid);
		check();
	});
	const failed = new Promise<never>((_resolve, reject) => program.on<string>("failed", (why) => reject(new Error(why))));
	failed.catch(() => {});
	await Promise.race([program.ask("open", opening), failed]);
	return {
		allTold: async (uuid, within) => {
			let timer: NodeJS.Timeout | undefined;
			const all = new Promise<boolean>((resolve) => {
				check = () => {
					if (told.has(uuid)) resolve(true);
				};
				timer = setTimeout(() => resolve(false), within);
			});
			check();
			return Promise.race([all, failed]).finally(() => clearTimeout(timer));
		},
		deliveries: () => program.ask("deliveries"),
		leave: () => program.end(),
	};
}
