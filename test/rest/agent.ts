import type { Answer } from "../support/gateway.ts";

/** What a cluster's accounting says of one allocation in a month: by account, and the account's amounts by component type. */
export type Allocation = Readonly<Record<string, Readonly<Record<string, number>>>>;

interface Site {
	/** Where the API is, as an agent is configured with it. */
	readonly api: string;
	readonly token: string;
	readonly offering: string;
	/** First day of the billing month. */
	readonly month: string;
	/** By the names that the cluster has for its allocations: Waldur's `backend_id`. */
	readonly accounting: Readonly<Record<string, Allocation>>;
	/** Plan periods that are reported instead of the resource's own, by allocation. */
	readonly planPeriods?: Readonly<Record<string, string>>;
}

/** What an agent writes to its log. */
interface Report {
	readonly user: string;
	readonly version: string;
	readonly reported: readonly string[];
	/** Allocations that no resource has the name of. */
	readonly unknown: readonly string[];
}

/** Rows of a page: so few that a list has several. */
const pageSize = 2;

/**
 * Reports a month as Waldur's site agent does in its report mode, by what Waldur publishes of its API and nothing else. Throws at
 * the first answer that is not a success.
 */
export async function reportMonth({ api, token, offering: uuid, month, accounting, planPeriods = {} }: Site): Promise<Report> {
	const { get, all, post } = clientOf(api, token);
	const [user, { version }, offering] = [await get("users/me/"), await get("version/"), await get(`marketplace-provider-offerings/${uuid}/`)];
	const measured = new Set<string>(offering.components.map(({ type }: Answer) => type));
	const accounts = new Map<string, string>((await all("marketplace-offering-users/", { offering_uuid: uuid })).map(({ username, url }) => [username, url]));
	const fields: Query = [..."uuid name backend_id state".split(" ")].map((field): [string, string] => ["field", field]);
	const resources = await all("marketplace-provider-resources/", [...fields, ["offering_uuid", uuid], ["state", "OK"], ["state", "Updating"]]);
	const reported: string[] = [];
	for (const resource of resources) {
		const allocation = accounting[resource.backend_id];
		if (resource.backend_id === "" || allocation === undefined) continue; // without a name it is in no accounting
		const totals = Object.entries(totalsOf(allocation)).filter(([type]) => measured.has(type));
		const planPeriod = planPeriods[resource.backend_id];
		await post("marketplace-component-usages/set_usage/", {
			...(planPeriod === undefined ? { resource: resource.uuid } : { plan_period: planPeriod }),
			usages: totals.map(([type, amount]) => ({ type, amount: amount.toFixed(2) })),
		});
		const records = await all("marketplace-component-usages/", { resource_uuid: resource.uuid, billing_period: month });
		for (const [username, amounts] of Object.entries(allocation)) {
			for (const { uuid: record, type } of records) {
				const usage = amounts[type];
				if (usage === undefined) continue;
				const account = accounts.get(username);
				await post(`marketplace-component-usages/${record}/set_user_usage/`, { username, usage: usage.toFixed(2), ...(account && { user: account }) });
			}
		}
		reported.push(resource.backend_id);
	}
	return { user: user.username, version, reported, unknown: Object.keys(accounting).filter((name) => !reported.includes(name)) };
}

/** An allocation's sums by component type. */
function totalsOf(allocation: Allocation): Record<string, number> {
	const totals: Record<string, number> = {};
	for (const amounts of Object.values(allocation)) for (const [type, amount] of Object.entries(amounts)) totals[type] = (totals[type] ?? 0) + amount;
	return totals;
}

type Query = readonly [string, string][] | Readonly<Record<string, string>>;

/** Requests with the agent's token: an object, all pages of a list by the links to the next one, and a change. */
function clientOf(api: string, token: string) {
	const send = async (address: string, body?: object): Promise<{ headers: Headers; json: Answer }> => {
		const response = await fetch(new URL(address, api), {
			headers: { Authorization: `Token ${token}`, Connection: "close", "Content-Type": "application/json" },
			...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`${address} was answered ${response.status}: ${text}`);
		return { headers: response.headers, json: text === "" ? undefined : JSON.parse(text) };
	};
	const all = async (path: string, query: Query): Promise<Answer[]> => {
		const parameters = new URLSearchParams([...(Array.isArray(query) ? query : Object.entries(query)), ["page_size", String(pageSize)]]);
		const rows: Answer[] = [];
		let next: string | undefined = `${path}?${parameters}`;
		while (next !== undefined) {
			const { headers, json } = await send(next);
			rows.push(...json);
			next = /<([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
			if (next === undefined && rows.length !== Number(headers.get("x-result-count"))) throw new Error(`${path} has other rows than it counts.`);
		}
		return rows;
	};
	return { get: async (path: string) => (await send(path)).json, all, post: async (path: string, body: object) => void (await send(path, body)) };
}
