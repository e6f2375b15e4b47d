import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { z } from "zod";
import { hex, type WaldurState } from "./state.ts";

const amount = z.union([z.string().regex(/^\d{1,18}(\.\d{1,2})?$/), z.number().nonnegative()]);

const usageReport = z.object({
	resource: z.string().optional(),
	plan_period: z.string().optional(),
	usages: z.array(z.object({ type: z.string(), amount, description: z.string().optional(), recurring: z.boolean().optional() })),
});

const partReport = z.object({ username: z.string(), usage: amount.optional(), user: z.string().optional() });

/** Answers set_usage and set_user_usage: 201 without a body, 400 and 404 with what is wrong. */
export async function answerReport(request: IncomingMessage, response: ServerResponse, url: URL, state: WaldurState): Promise<void> {
	const refuse = (status: number, detail: unknown) => void response.writeHead(status).end(JSON.stringify({ detail }));
	const body: unknown = await json(request).catch(() => undefined);
	if (/\/marketplace-component-usages\/set_usage\/$/.test(url.pathname)) {
		const { data, error } = usageReport.safeParse(body);
		if (data === undefined) return refuse(400, error.issues);
		const period = data.plan_period === undefined ? undefined : state.find("resource-plan-periods", data.plan_period);
		const resource = state.find("marketplace-resources", data.resource ?? period?.item["resource_uuid"]);
		if (resource === undefined || (data.plan_period !== undefined && period === undefined)) return refuse(400, "There is no such resource or plan period.");
		const types = componentTypes(state, resource.item["offering_uuid"]);
		const unknown = data.usages.find(({ type }) => !types.includes(type));
		if (unknown !== undefined) return refuse(400, `The offering has no component ${unknown.type}.`);
		for (const { type, amount, description = "", recurring = false } of data.usages) state.setUsage(resource, period, { type, amount, description, recurring });
		return void response.writeHead(201).end();
	}
	const [, uuid] = /\/marketplace-component-usages\/([^/]+)\/set_user_usage\/$/.exec(url.pathname) ?? [];
	const usage = hex(uuid) === undefined ? undefined : state.find("marketplace-component-usages", uuid);
	if (usage === undefined) return refuse(404, "Not found.");
	const { data, error } = partReport.safeParse(body);
	if (data === undefined) return refuse(400, error.issues);
	const { username, usage: part = "0", user } = data;
	state.setUserUsage(usage, { username, usage: part, ...(user === undefined ? {} : { user }) });
	response.writeHead(201).end();
}

function componentTypes(state: WaldurState, offering: unknown): string[] {
	const components: unknown = state.find("marketplace-provider-offerings", offering)?.item["components"];
	return Array.isArray(components) ? components.map((component: { type?: unknown }) => String(component.type)) : [];
}
