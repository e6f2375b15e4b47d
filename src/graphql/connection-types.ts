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
export const NotificationConnection = builder.connectionObject(
	{ type: nodes.Notification, name: "NotificationConnection", description: "A page of notifications." },
	{ name: "NotificationEdge", ...pageInfo },
);
export const OfferingUsagePolicyConnection = builder.connectionObject(
	{ type: nodes.OfferingUsagePolicy, name: "OfferingUsagePolicyConnection", description: "A page of policies." },
	{ name: "OfferingUsagePolicyEdge", ...pageInfo },
);
export const PolicyFiringConnection = builder.connectionObject(
	{ type: nodes.PolicyFiring, name: "PolicyFiringConnection", description: "A page of firings." },
	{ name: "PolicyFiringEdge", ...pageInfo },
);
