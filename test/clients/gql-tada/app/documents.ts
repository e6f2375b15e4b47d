import { initGraphQLTada, type ResultOf, readFragment, type VariablesOf } from "gql.tada";
import type { introspection } from "../../generated/gql-tada/schema.d.ts";

/** The table of scalars that a front-end copies. */
export const graphql = initGraphQLTada<{
	introspection: introspection;
	scalars: { Date: string; DateTime: string; Decimal: string; JSON: unknown; UUID: string };
}>();

export const UsageRow = graphql(`
	fragment UsageRow on ComponentUsage {
		id
		usage
		billingPeriod
		component { type measuredUnit }
	}
`);

export const Usages = graphql(
	`
		query Usages($uuid: UUID!, $filter: ComponentUsageFilter) {
			resource(uuid: $uuid) { id name componentUsages(first: 5, filter: $filter) { totalCount edges { cursor node { ...UsageRow } } } }
		}
	`,
	[UsageRow],
);

export const SetState = graphql(`
	mutation SetState($input: SetResourceStateInput!) {
		setResourceState(input: $input) { __typename ... on SetResourceStatePayload { resource { id state } } ... on Error { code message } }
	}
`);

export const variables: VariablesOf<typeof Usages> = { uuid: "00000000-0000-0000-0000-000000000000", filter: { billingPeriodYear: 2026 } };

// @ts-expect-error there is no such state
export const wrong: VariablesOf<typeof SetState> = { input: { resource: "", state: "GONE" } };

export function amounts({ resource }: ResultOf<typeof Usages>): string[] {
	return (resource?.componentUsages.edges ?? []).map(({ cursor, node }) => {
		// @ts-expect-error a fragment's fields are masked
		void node.usage;
		const { usage, component } = readFragment(UsageRow, node);
		const unit: string = component.measuredUnit;
		return `${cursor}: ${usage} ${unit}`;
	});
}

export function stateOf({ setResourceState: result }: ResultOf<typeof SetState>): string {
	if (result?.__typename === "SetResourceStatePayload") return result.resource.state;
	return result === null || result === undefined ? "" : `${result.code}: ${result.message}`;
}
