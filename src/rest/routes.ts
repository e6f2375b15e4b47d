import type { Route } from "./route.ts";
import { usageRoutes } from "./usages.ts";

/** Every operation of the REST API. */
export const routes: readonly Route[] = [...usageRoutes];
