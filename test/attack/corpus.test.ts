import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { addToken } from "../../src/access/token.store.ts";
import { documentBounds } from "../../src/admission/document-bounds.ts";
import { projectPath } from "../../src/shared/project-root.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { connectRaw } from "../support/raw-sockets.ts";
import { attacks, injections, type Attack } from "./corpus.ts";
let gateway: Gateway;
beforeAll(async () => {
	gateway = await startGateway({ template: "demo", limits: { admission: { mostCost: 1000, costPerSecond: 100, bounds: documentBounds, introspection: "signed-in" }, graphiql: false, origins: [] } });
});
afterAll(() => gateway.stop());
let n = 0;
const tokenOf = async (username: string) => {
	const token = "demo_" + "x" + [...String(n++)].map((d) => "abcdefghij"[Number(d)]).join("");
	await addToken(gateway.database, { token, username, name: "a", expires: null, now: new Date(0) });
	return token;
};
const all = [...attacks, ...injections(readFileSync(projectPath("schema.graphql"), "utf8"))];
const codesIn = ({ errors = [], data }: any) => [...new Set([...errors.map((e: any) => e.extensions?.code ?? "?" + e.message), ...Object.values(data ?? {}).flatMap((v: any) => (v?.code ? [v.code] : []))])];
test.each(all.map((a) => [a.what, a] as const))("%s", async (_w, attack) => {
	const token = attack.as === "nobody" ? undefined : await tokenOf(attack.as ?? "provider");
	const body = `{"query":${JSON.stringify(attack.query)},"variables":${attack.variables ?? "null"}${attack.operationName === undefined ? "" : `,"operationName":${JSON.stringify(attack.operationName)}`}}`;
	const out: string[] = [];
	const bad: string[] = [];
	for (const accept of ["application/json", "application/json", "application/graphql-response+json"]) {
		if (/^subscription/.test(attack.query) && attack.codes[0] !== "GRAPHQL_VALIDATION_FAILED") continue;
		const at = performance.now();
		const r = await fetch(gateway.url, { method: "POST", headers: { "content-type": "application/json", accept, connection: "close", ...(token ? { authorization: `Token ${token}` } : {}) }, body });
		const text = await r.text();
		let json: any; try { json = JSON.parse(text); } catch { json = { errors: [{ message: text, extensions: {} }] }; }
		const codes = codesIn(json);
		const ms = performance.now() - at;
		out.push(`${r.status} ${codes} ${text.length}b ${ms.toFixed(0)}ms`);
		if (codes.join() !== attack.codes.join() || (accept === "application/json" && r.status !== (attack.status ?? 200)) || r.status >= 500 || (codes.length && text.length > 20_000) || ms > 400 || /Did you mean/.test(text)) bad.push(`HTTP ${accept}: ${out.at(-1)} ${text.slice(0, 250)}`);
	}
	const socket = await connectRaw(gateway.url, token);
	const message = `{"id":"1","type":"subscribe","payload":${body}}`;
	socket.write(message);
	const got: any = await socket.received(({ type }) => type === "next" || type === "error").catch((e) => ({ payload: [{ message: e.message, extensions: { code: e.message } }], type: "error" }));
	const codes = got.type === "error" ? codesIn({ errors: got.payload }) : codesIn(got.payload);
	const length = JSON.stringify(got).length;
	if (Buffer.byteLength(message) > 65536 ? !codes[0]?.includes("1009") : codes.join() !== attack.codes.join() || (codes.length && length > 20_000)) bad.push(`WS ${codes} ${length}b ${JSON.stringify(got).slice(0, 250)}`);
	socket.close();
	const bugs = gateway.bugs();
	if (bugs.length) bad.push("BUG " + String((bugs[0] as any).stack).slice(0, 400));
	expect(bad).toEqual([]);
});
