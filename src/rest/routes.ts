import { accountRoutes } from "./account.ts";
import { categoryUsageRoutes } from "./category-usages.ts";
import { limitRoutes } from "./limits.ts";
import { offeringUserRoutes } from "./offering-users.ts";
import { offeringRoutes } from "./offerings.ts";
import { policyRoutes } from "./policies.ts";
import { quotaRoutes } from "./quotas.ts";
import { resourceRoutes } from "./resources.ts";
import type { Route } from "./route.ts";
import { usageRoutes } from "./usages.ts";
import { userUsageRoutes } from "./user-usages.ts";

/** Every operation of the REST API: first those of the five published pages, then what else an agent that reports asks for. */
export const routes: readonly Route[] = [
	...usageRoutes,
	...categoryUsageRoutes,
	...limitRoutes,
	...quotaRoutes,
	...policyRoutes,
	...userUsageRoutes,
	...accountRoutes,
	...offeringRoutes,
	...offeringUserRoutes,
	...resourceRoutes,
];
