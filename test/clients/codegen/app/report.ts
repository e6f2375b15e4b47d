import type { ResultOf, VariablesOf } from "@graphql-typed-document-node/core";
import { graphql } from "../../generated/codegen/gql.ts";

export const Report = graphql(`
	mutation Report($input: SetUsageInput!) {
		setUsage(input: $input) {
			__typename
			... on SetUsagePayload { componentUsages { id usage billingPeriod resource { id currentUsages { amount } } } }
			... on Error { code message path }
		}
	}
`);

export const variables = (resource: string): VariablesOf<typeof Report> => ({
	input: { resource, usages: [{ type: "cpu_hours", amount: "1250.5" }] },
});

export const withoutUsages = (resource: string): VariablesOf<typeof Report> => ({
	// @ts-expect-error a report has usages
	input: { resource },
});

/** Whatever a mutation answers is one of its union's members. */
export function told({ setUsage: result }: ResultOf<typeof Report>): string {
	if (result?.__typename === "SetUsagePayload") return result.componentUsages.map(({ usage }) => usage).join(" ");
	return result === null || result === undefined ? "" : `${result.code} ${result.message}`;
}
