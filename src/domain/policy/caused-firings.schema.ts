import type { builder } from "../../graphql/builder.ts";
import { visibleRows } from "../../graphql/fields/by-uuid.ts";
import { PolicyFiring } from "../../graphql/nodes.ts";

type PayloadFields<Payload> = PothosSchemaTypes.ObjectFieldBuilder<typeof builder.$inferSchemaTypes, Payload>;

/** The firings that a mutation caused, as a field of its payload. */
export const causedFirings = <Payload extends { readonly firings: readonly string[] }>(
	t: PayloadFields<Payload>,
	description = "The policies that this turned, in the order of the log.",
) =>
	t.field({
		type: [PolicyFiring],
		description,
		resolve: ({ firings }, _args, context, info) => visibleRows("PolicyFiring", firings, context, info),
	});
