import { once } from "node:events";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { inBrowser } from "./in-browser.ts";
import { hashOf, type Packed, pack } from "./packed.ts";
import { withSearch } from "./search.ts";
import { renewTabs } from "./stored-tabs.ts";
import { styles } from "./styles.ts";

/** The files that GraphiQL's page is made of, by their names, which change with their content. */
export interface PageFiles {
	readonly script: string;
	readonly style: string;
	readonly icon: string;
	readonly byName: ReadonlyMap<string, Packed>;
}

const types = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8", ico: "image/x-icon" } as const;

type Texts = typeof import("@graphql-yoga/render-graphiql/graphiql");

/** Its workers are beside the script, and are asked for when an editor needs them. */
const start = (workers: Readonly<Record<string, string>>) => `
{
	${inBrowser("renewTabs", renewTabs)}
	const workers = ${JSON.stringify(workers)};
	const { src } = document.currentScript;
	self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_module, label) => new URL(workers[label], src).href };
	addEventListener("DOMContentLoaded", () => {
		const options = JSON.parse(document.querySelector("#options").textContent);
		try {
			renewTabs(localStorage, options.defaultTabs.map(({ query }) => query));
		} catch (error) {
			console.warn("What was stored of the tabs cannot be read.", error);
		}
		YogaGraphiQL.renderYogaGraphiQL(document.querySelector("#root"), options);
	});
}
`;

interface NamedFile {
	readonly name: string;
	readonly type: string;
	readonly bytes: Buffer;
}

function named(name: string, ending: keyof typeof types, content: string | Buffer): NamedFile {
	const bytes = Buffer.from(content);
	return { name: `${name}-${hashOf(bytes)}.${ending}`, type: types[ending], bytes };
}

/** Reads and packs them: once in a process, when a browser first opens the page. */
export async function loadFiles(): Promise<PageFiles> {
	const { css, js, favicon, editorWorkerService, jsonWorker, graphqlWorker } = await readTexts();
	const workers = {
		editorWorkerService: named("editor-worker", "js", editorWorkerService),
		json: named("json-worker", "js", jsonWorker),
		graphql: named("graphql-worker", "js", graphqlWorker),
	};
	const addresses = Object.fromEntries(Object.entries(workers).map(([label, { name }]) => [label, name]));
	const script = named("graphiql", "js", withSearch(js) + start(addresses));
	const style = named("graphiql", "css", css + styles);
	const icon = named("icon", "ico", Buffer.from(favicon.slice(favicon.indexOf(",") + 1), "base64"));
	// In the order in which a browser needs them.
	const files = [style, script, workers.editorWorkerService, workers.graphql, workers.json, icon];
	return { script: script.name, style: style.name, icon: icon.name, byName: new Map(files.map(({ name, type, bytes }) => [name, pack(type, bytes)])) };
}

/** In a thread of its own, which ends with the nine million characters that it parsed, and holds up no operation meanwhile. */
async function readTexts(): Promise<Texts> {
	const program = 'const { parentPort, workerData } = require("node:worker_threads"); parentPort.postMessage({ ...require(workerData) });';
	const file = createRequire(import.meta.url).resolve("@graphql-yoga/render-graphiql/graphiql");
	const [texts]: Texts[] = await once(new Worker(program, { eval: true, workerData: file }), "message");
	if (texts === undefined) throw new Error(`${file} has no texts.`);
	return texts;
}
