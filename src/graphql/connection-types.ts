import { builder } from "./builder.ts";
import * as nodes from "./nodes.ts";

/** One page type for each kind of object that is listed. */
const pageInfo = { description: "One object of a page and where it stands in the list." };

export const CategoryComponentUsageConnection = builder.connectionObject(
	{ type: nodes.CategoryComponentUsage, name: "CategoryComponentUsageConnection", description: "A page of monthly totals." },
	{ name: "CategoryComponentUsageEdge", ...pageInfo },
);
export const CustomerQuotaConnection = builder.connectionObject(
	{ type: nodes.CustomerQuota, name: "CustomerQuotaConnection", description: "A page of customers' figures." },
	{ name: "CustomerQuotaEdge", ...pageInfo },
);
