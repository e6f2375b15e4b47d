import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { projectPath } from "../../src/shared/project-root.ts";
import { freePort, isThere } from "../support/pgbouncer.ts";

/** Where an instance listens for clients, and for those who run it. */
export interface InstancePorts {
	readonly port: number;
	readonly operations: number;
}

/** The balancer of .deploy in front of three instances. */
export interface Haproxy {
	/** Of GraphQL. */
	readonly url: string;
	/** Resolves when its checks have found the instance ready. */
	isUp(place: number): Promise<void>;
	stop(): Promise<void>;
}

const program = "/usr/sbin/haproxy";

export const isHaproxyInstalled = (): boolean => isThere(program);

/** Between two looks at what the checks have found, in milliseconds. */
const betweenLooks = 100;

export async function startHaproxy(instances: readonly InstancePorts[]): Promise<Haproxy> {
	const folder = mkdtempSync(join(tmpdir(), "usage-gateway-haproxy-"));
	const port = await freePort();
	const socket = join(folder, "stats.sock");
	const places = instances.map(({ port, operations }, at) => ({ [`INSTANCE_${at + 1}`]: `127.0.0.1:${port}`, [`OPERATIONS_${at + 1}`]: String(operations) }));
	const env = Object.assign({ PATH: process.env["PATH"], BIND: `127.0.0.1:${port}`, STATS_SOCKET: socket }, ...places);
	const child = spawn(program, ["-f", projectPath(".deploy", "haproxy.cfg")], { stdio: ["ignore", "ignore", "pipe"], env });
	const complaints = text(child.stderr);

	/** What it knows of its servers, a line of values each. */
	async function servers(): Promise<string[][]> {
		const asking = connect(socket);
		asking.end("show stat\n");
		return (await text(asking)).split("\n").map((line) => line.split(","));
	}
	return {
		url: `http://127.0.0.1:${port}/graphql`,
		isUp: async (place) => {
			const name = ["one", "two", "three"][place] ?? "";
			for (;;) {
				if (child.exitCode !== null) throw new Error(`HAProxy has ended: ${await complaints}`);
				const known = await servers().catch(() => []); // it has not begun to listen
				if (known.some(([group, server, ...values]) => group === "instances" && server === name && values.includes("UP"))) return;
				await pause(betweenLooks);
			}
		},
		stop: async () => {
			if (child.exitCode === null) {
				child.kill("SIGTERM");
				await once(child, "close");
			}
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
