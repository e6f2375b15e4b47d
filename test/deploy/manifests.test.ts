import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { projectPath } from "../../src/shared/project-root.ts";
import { composeProblems, type Document, documentsOf, knownVariables, kubernetesProblems, placements, readImage } from "./manifests.ts";

const objects = ["kubernetes.yaml", "kubernetes-import.yaml"].flatMap((file) => documentsOf(file).map((object) => ({ file, kind: object.kind, object })));
const ofKind = (kind: string) => objects.filter((each) => each.kind === kind).map(({ object }) => object);
const [compose] = documentsOf("compose.yaml");

describe("what the schemas say", () => {
	test("compose.yaml is a Compose file", () => {
		expect(composeProblems(compose)).toEqual([]);
	});

	test("a misspelt key of a Compose file is found", () => {
		expect(composeProblems({ services: { one: { image: "a", stop_grace: "30s" } } })).toEqual([expect.stringContaining("stop_grace")]);
	});

	test.each(objects)("$file: the $kind is one of Kubernetes", ({ object }) => {
		expect(kubernetesProblems(object)).toEqual([]);
	});

	test("a misspelt field, a missing one and one of another type are found", () => {
		const budget = (spec: object) => ({ apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: "a" }, spec });
		expect(kubernetesProblems(budget({ minimum: 1 }))).toEqual(["/spec/minimum"]);
		expect(kubernetesProblems(budget({ minAvailable: [1] }))).not.toEqual([]);
		expect(kubernetesProblems({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "a" }, spec: {} })).not.toEqual([]);
	});
});

describe.each(placements())("$name", ({ variables, gracePeriod }) => {
	test("sets variables that the service reads", () => {
		expect(Object.keys(variables).filter((name) => !knownVariables().has(name))).toEqual([]);
	});

	test("sets values that the service takes", () => {
		const { DATABASE_URL_FILE, DATABASE_URL, ...others } = variables;
		expect(() => parseConfig({ ...others, DATABASE_URL: "postgresql://gateway:secret@database:5432/gateway" })).not.toThrow();
	});

	test.skipIf(gracePeriod === undefined)("waits for DRAIN_SECONDS and the 15 seconds of a stop until it kills", () => {
		expect(gracePeriod).toBeGreaterThan(Number(variables["DRAIN_SECONDS"] ?? 0) + 15);
	});
});

describe("in compose.yaml", () => {
	const services: [string, Document][] = Object.entries(compose.services);

	test("two instances serve one database", () => {
		const instances = services.filter(([, { image, profiles }]) => image === "usage-gateway" && profiles === undefined);
		expect(instances.length).toBe(2);
		expect(new Set(instances.map(([, { environment }]) => environment.DATABASE_URL_FILE ?? environment.DATABASE_URL)).size).toBe(1);
	});

	test("ports are those of the image, on this computer alone, each once", () => {
		const published: string[] = services.flatMap(([, { ports = [] }]) => ports);
		const parts = published.map((port) => port.split(":"));
		expect(parts.map(([address]) => address)).toEqual(parts.map(() => "127.0.0.1"));
		expect(parts.flatMap(([, , inside]) => (readImage().ports.includes(Number(inside)) ? [] : inside))).toEqual([]);
		expect(new Set(parts.map(([, outside]) => outside)).size).toBe(parts.length);
	});

	test("what is used is there: secrets, volumes and services that are waited for", () => {
		for (const [, { secrets = [], depends_on: others = {}, environment }] of services) {
			expect(Object.keys(compose.secrets ?? {})).toEqual(expect.arrayContaining(secrets));
			expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(Object.keys(others)));
			const files = Object.values<string | null>(environment).filter((value) => value?.startsWith("/run/secrets/"));
			expect(secrets).toEqual(expect.arrayContaining(files.map((file) => String(file).slice("/run/secrets/".length))));
		}
	});
});

test("no secret stands in a variable, where whoever looks at a container sees it", () => {
	const names = placements().flatMap(({ name, variables }) => (name === "usage-gateway.service" ? [] : Object.keys(variables)));
	const ofDatabase = Object.keys(compose.services.database.environment);
	expect([...names, ...ofDatabase].filter((name) => /(URL|TOKEN|PASSWORD)$/.test(name))).toEqual([]);
});

test("instances and imports have one time zone", () => {
	const zones = (file: string) => new Set(placements().flatMap(({ name, variables }) => (name.startsWith(file) ? [variables["TIME_ZONE"]] : [])));
	expect([...zones("compose")]).toEqual(["UTC"]);
	expect([...zones("kubernetes")]).toEqual(["UTC"]);
});

test("Kubernetes runs one image, which .deploy/README.md pushes by that name", () => {
	const images = [...ofKind("Deployment"), ...ofKind("Job")].map(({ spec }) => spec.template.spec.containers[0].image);
	const [image] = images;
	expect(new Set(images).size).toBe(1);
	expect(readFileSync(projectPath(".deploy", "README.md"), "utf8")).toContain(`podman push ${image}\n`);
});

describe("in kubernetes.yaml", () => {
	const [deployment] = ofKind("Deployment");
	const { labels } = deployment.spec.template.metadata;
	const [container] = deployment.spec.template.spec.containers;

	test("ports are those of the image", () => {
		expect(container.ports.map((port: Document) => port.containerPort)).toEqual(readImage().ports);
	});

	test("services, the budget and the deployment mean the same pods, and ports and probes go by the container's names", () => {
		for (const selector of [
			...ofKind("Service").map(({ spec }) => spec.selector),
			...ofKind("PodDisruptionBudget").map(({ spec }) => spec.selector.matchLabels),
		])
			expect(labels).toMatchObject(selector);
		expect(labels).toMatchObject(deployment.spec.selector.matchLabels);
		const names = container.ports.map(({ name }: Document) => name);
		const targets = ofKind("Service").flatMap(({ spec }) => spec.ports.map(({ targetPort }: Document) => targetPort));
		const asked = ["startupProbe", "livenessProbe", "readinessProbe"].map((probe) => container[probe].httpGet.port);
		expect(names).toEqual(expect.arrayContaining([...targets, ...asked]));
		expect(new Set(asked)).toEqual(new Set(["operations"]));
	});

	test("a disruption leaves an instance, and takes one", () => {
		const [{ spec }] = ofKind("PodDisruptionBudget");
		expect(spec.minAvailable).toBeGreaterThanOrEqual(1);
		expect(spec.minAvailable).toBeLessThan(deployment.spec.replicas);
	});

	test.each([...ofKind("Deployment"), ...ofKind("Job")])("$kind: no privileges, bounds of memory, and volumes that are there", ({ spec: { template } }) => {
		const [only] = template.spec.containers;
		expect(template.spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
		expect(only.securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } });
		expect(only.resources).toMatchObject({ requests: { memory: expect.any(String), cpu: expect.any(String) }, limits: { memory: expect.any(String) } });
		expect((template.spec.volumes ?? []).map(({ name }: Document) => name)).toEqual(
			expect.arrayContaining((only.volumeMounts ?? []).map(({ name }: Document) => name)),
		);
		const files = only.env.filter(({ name }: Document) => name.endsWith("_FILE")).map(({ value }: Document) => value);
		for (const file of files) expect(only.volumeMounts.some(({ mountPath }: Document) => file.startsWith(`${mountPath}/`))).toBe(true);
	});
});
