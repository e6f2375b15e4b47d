import type { ListImport } from "./list.ts";
import { categories } from "./lists/categories.ts";
import { customers, organizationGroups, projects } from "./lists/customers.ts";
import { componentUserUsageLimits, offeringUsers } from "./lists/offering-users.ts";
import { offerings } from "./lists/offerings.ts";
import { policies } from "./lists/policies.ts";
import { quotas } from "./lists/quotas.ts";
import { planPeriods, resources } from "./lists/resources.ts";
import { componentUsages, componentUserUsages } from "./lists/usages.ts";
import { customerPermissions, offeringPermissions, projectPermissions, users } from "./lists/users.ts";
import { type ListName, listNames } from "./source.ts";

/** How each list is imported, in the order of listNames. Billing months are of the time zone (IANA name). */
export function listImports(timeZone: string): ListImport[] {
	const imports: Readonly<Record<ListName, ListImport>> = {
		"organization-groups": organizationGroups,
		customers,
		users,
		projects,
		"customer-permissions": customerPermissions,
		"project-permissions": projectPermissions,
		"marketplace-categories": categories,
		"marketplace-provider-offerings": offerings,
		"offering-permissions": offeringPermissions,
		"marketplace-resources": resources,
		"resource-plan-periods": planPeriods,
		"marketplace-offering-users": offeringUsers,
		"marketplace-component-usages": componentUsages(timeZone),
		"marketplace-component-user-usages": componentUserUsages,
		"component-user-usage-limits": componentUserUsageLimits,
		"marketplace-offering-usage-policies": policies,
		"customer-quotas": quotas,
	};
	return listNames.map((name) => imports[name]);
}
