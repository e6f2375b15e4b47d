/** Our words as Waldur writes them: what is imported, sent there and answered by the REST API has the same. */
export const resourceStates = {
	CREATING: "Creating",
	OK: "OK",
	ERRED: "Erred",
	UPDATING: "Updating",
	TERMINATING: "Terminating",
	TERMINATED: "Terminated",
} as const;

export const offeringStates = { DRAFT: "Draft", ACTIVE: "Active", PAUSED: "Paused", ARCHIVED: "Archived", UNAVAILABLE: "Unavailable" } as const;

export const billingTypes = { FIXED: "fixed", USAGE: "usage", LIMIT: "limit", ONE_TIME: "one", ON_PLAN_SWITCH: "few" } as const;

export const limitPeriods = { MONTH: "month", QUARTERLY: "quarterly", ANNUAL: "annual", TOTAL: "total" } as const;

/** Waldur has numbers for these. */
export const policyPeriodNumbers = { TOTAL: 1, ONE_MONTH: 2, THREE_MONTHS: 3, TWELVE_MONTHS: 4 } as const;

/** Quotas that this service counts itself. */
export const countedQuotas = { NC_PROJECT_COUNT: "nc_project_count", NC_USER_COUNT: "nc_user_count", NC_RESOURCE_COUNT: "nc_resource_count" } as const;

/** Quotas whose figures are stored. */
export const storedQuotas = {
	OS_CPU_COUNT: "os_cpu_count",
	OS_RAM_SIZE: "os_ram_size",
	OS_STORAGE_SIZE: "os_storage_size",
	VPC_CPU_COUNT: "vpc_cpu_count",
	VPC_RAM_SIZE: "vpc_ram_size",
	VPC_STORAGE_SIZE: "vpc_storage_size",
	VPC_FLOATING_IP_COUNT: "vpc_floating_ip_count",
	VPC_INSTANCE_COUNT: "vpc_instance_count",
	ESTIMATED_PRICE: "estimated_price",
} as const;

/** The type of the objects that Waldur has under an address, such as /api/customers/…/. Others are told by their uuid alone. */
export const typesOfCollections: Readonly<Record<string, string>> = {
	"component-user-usage-limits": "ComponentUserUsageLimit",
	customers: "Customer",
	"marketplace-categories": "Category",
	"marketplace-component-usages": "ComponentUsage",
	"marketplace-component-user-usages": "ComponentUserUsage",
	"marketplace-offering-usage-policies": "OfferingUsagePolicy",
	"marketplace-offering-users": "OfferingUser",
	"marketplace-plans": "Plan",
	"marketplace-provider-offerings": "Offering",
	"marketplace-provider-resources": "Resource",
	"marketplace-public-offerings": "Offering",
	"marketplace-resources": "Resource",
	"organization-groups": "OrganizationGroup",
	projects: "Project",
	users: "User",
};

/** Ours by Waldur's words. */
export const byWord = <Ours extends string>(words: Readonly<Record<Ours, string | number>>): Readonly<Record<string, Ours>> =>
	Object.fromEntries((Object.keys(words) as Ours[]).map((ours) => [String(words[ours]), ours]));

/** The same by their small letters, for who does not mind the case. */
export const byLowerWord = <Ours extends string>(words: Readonly<Record<Ours, string | number>>): Readonly<Record<string, Ours>> =>
	Object.fromEntries(Object.entries(byWord(words)).map(([word, ours]) => [word.toLowerCase(), ours]));

/** A uuid as Waldur writes it: 32 digits. */
export const hex = (uuid: string): string => uuid.replaceAll("-", "");
