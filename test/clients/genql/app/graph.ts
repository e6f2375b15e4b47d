import { createClient } from "../../generated/genql/index.ts";

/** Reads a nested graph by fields that are written as an object, and checked by the compiler. */
export async function usageOf(url: string, token: string, customer: string): Promise<string[]> {
	const client = createClient({ url, headers: { authorization: `Token ${token}` } });
	const { customer: found } = await client.query({
		customer: {
			__args: { uuid: customer },
			projects: {
				__args: { first: 3 },
				nodes: {
					name: true,
					resources: {
						__args: { first: 3 },
						nodes: {
							name: true,
							state: true,
							offering: { name: true, components: { __scalar: true } },
							componentUsages: {
								__args: { first: 2, filter: { billingPeriodYear: 2026 } },
								nodes: { usage: true, component: { type: true, measuredUnit: true } },
							},
						},
					},
				},
			},
		},
	});
	// @ts-expect-error what was not asked for is not there
	void found?.name;
	return (found?.projects.nodes ?? []).flatMap(({ name, resources }) =>
		resources.nodes.flatMap((resource) =>
			resource.componentUsages.nodes.map(({ usage, component }) => `${name}, ${resource.name}: ${usage satisfies string} ${component.measuredUnit}`),
		),
	);
}

/** Reports usage, and tells the payload from the errors by its type. */
export async function report(url: string, token: string, resource: string, amount: string): Promise<string> {
	const client = createClient({ url, headers: { authorization: `Token ${token}` } });
	const { setUsage } = await client.mutation({
		setUsage: {
			__args: { input: { resource, usages: [{ type: "cpu_hours", amount }] } },
			__typename: true,
			on_SetUsagePayload: { componentUsages: { usage: true } },
			on_Error: { code: true, message: true },
		},
	});
	return setUsage?.__typename === "SetUsagePayload" ? setUsage.componentUsages.map(({ usage }) => usage).join(" ") : JSON.stringify(setUsage);
}
