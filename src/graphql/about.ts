import type { GraphQLSchema } from "graphql";

/** What the schema says of itself: where to begin. */
const about = `Metered usage of a cloud marketplace: who used how much of what in each billing month, reports of usage, and alerts when usage exceeds a policy's limits.

Signing in: send a token as «Authorization: Token …», over WebSocket in connectionParams.Authorization. Everything depends on who asks.

First query: { viewer { username } resources(first: 5) { nodes { name offering { name } componentUsages(first: 3) { nodes { billingPeriod type usage } } } } }

Lists are pages with cursors (first, after; last, before), with filters and orders. Names of objects: an argument takes an object's id, its uuid or Waldur's address of it, and node(id) returns the object behind every id. Sums over anything, by month, project, customer, offering or component, top consumers among them: usageTotals. A chart of one resource by month: usageSeries.

Reporting usage: setUsage, setUsages, setUserUsage. A mutation answers its payload or a typed error.

Live alerts: subscribe to policyFirings over WebSocket or server-sent events; thresholds are set by createOfferingUsagePolicy, and tried before by previewOfferingUsagePolicy. usageReported emits each report.

Exports: GET /export/… answers any list or usageTotals as CSV or NDJSON, with the same filters.`;

/** The schema, with a description of where to begin. */
export function withDescription(schema: GraphQLSchema): GraphQLSchema {
	schema.description = about;
	return schema;
}
