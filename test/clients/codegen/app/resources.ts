import type { DocumentType } from "../../generated/codegen/gql.ts";
import { graphql } from "../../generated/codegen/gql.ts";
import { type FragmentType, unmasked } from "../../generated/codegen/index.ts";

/** What a row of the table needs; nobody else reads it. */
export const ResourceRow = graphql(`
	fragment ResourceRow on Resource {
		id
		name
		state
		created
		currentUsages { type amount }
	}
`);

export const Resources = graphql(`
	query Resources($first: Int!, $after: String, $filter: ResourceFilter) {
		resources(first: $first, after: $after, filter: $filter) {
			nodes { id project { id name } ...ResourceRow }
			pageInfo { hasNextPage endCursor }
		}
	}
`);

export function rowOf(masked: FragmentType<typeof ResourceRow>): string {
	const row = unmasked(ResourceRow, masked);
	const [largest] = row.currentUsages;
	const amount: string | undefined = largest?.amount;
	// @ts-expect-error a state is one of those that the schema names
	if (row.state === "GONE") return "";
	return `${row.name} ${row.state} ${row.created.slice(0, 10)} ${amount ?? ""}`;
}

export function namesOf(data: DocumentType<typeof Resources>): string[] {
	return (data.resources?.nodes ?? []).map((node) => {
		// @ts-expect-error what only the row needs is masked
		void node.state;
		return `${node.project.name}: ${rowOf(node)}`;
	});
}
