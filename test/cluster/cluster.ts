import { type Ended, endProcesses, type Service, startService } from "../command/process.ts";
import { startBalancer } from "./balancer.ts";

/** Several gateways on one database, behind one address. */
export interface Cluster {
	/** The address of GraphQL: each connection is for another gateway. */
	readonly url: string;
	/** Kills a gateway as a lack of memory does, and starts another one in its place. */
	kill(place: number): Promise<void>;
	/** Asks a gateway to stop, as a process manager does, and waits for its end. */
	stop(place: number): Promise<Ended>;
	/** Ends all of them. */
	close(): Promise<void>;
	/** What the gateways wrote on their error streams before they ended. */
	readonly complaints: readonly string[];
}

/** On a busy machine PostgreSQL may take a connection later than a gateway waits for it: a process manager starts it anew. */
const starts = 5;

export async function startCluster(size: number, databaseUrl: string): Promise<Cluster> {
	const balancer = await startBalancer();
	const complaints: string[] = [];
	let closed = false;

	async function start(left = starts): Promise<Service> {
		try {
			const gateway = await startService({ DATABASE_URL: databaseUrl });
			balancer.ports.add(portOf(gateway));
			return gateway;
		} catch (error) {
			if (left === 1 || closed) throw error;
			return start(left - 1);
		}
	}
	async function close(): Promise<void> {
		closed = true;
		await endProcesses();
		await balancer.close();
	}
	const gateways = await Promise.all(Array.from({ length: size }, () => start())).catch(async (error: unknown) => {
		await close();
		throw error;
	});

	/** While it ends it is still among those that connections are tried on; once it has ended its port may be another's. */
	async function end(place: number, how: (gateway: Service) => Promise<Ended>): Promise<Ended> {
		const gateway = gateways[place];
		if (gateway === undefined) throw new Error(`There is no gateway ${place}.`);
		const ended = await how(gateway);
		balancer.ports.delete(portOf(gateway));
		complaints.push(ended.stderr);
		return ended;
	}

	return {
		url: `http://127.0.0.1:${balancer.port}/graphql`,
		kill: async (place) => {
			await end(place, (gateway) => gateway.kill());
			gateways[place] = await start();
		},
		stop: (place) => end(place, (gateway) => gateway.stop()),
		close: async () => {
			closed = true;
			for (const place of gateways.keys()) await end(place, (gateway) => gateway.kill());
			await close();
		},
		complaints,
	};
}

const portOf = ({ url }: Service): number => Number(new URL(url).port);
