import "./scalars.ts";
import "../catalogue/category.schema.ts";
import "../catalogue/offering.schema.ts";
import "../catalogue/plan.schema.ts";
import "../category-usage/category-usage.schema.ts";
import "../customer/customer.schema.ts";
import "../customer/project.schema.ts";
import "../limit/limit.mutations.schema.ts";
import "../limit/limit.schema.ts";
import "../policy/firing.schema.ts";
import "../policy/firing.subscription.ts";
import "../policy/policy-change.schema.ts";
import "../policy/policy.schema.ts";
import "../quota/quota.schema.ts";
import "../resource/resource-change.schema.ts";
import "../resource/resource.schema.ts";
import "../resource/usage-series.schema.ts";
import "../usage/set-usage.schema.ts";
import "../usage/usage.schema.ts";
import "../usage/usage.subscription.ts";
import "../user-usage/user-usage.schema.ts";
import "../user/user.schema.ts";
import { builder } from "./builder.ts";

/** The whole schema: the nouns above add their parts to the builder. */
export const schema = builder.toSchema();
