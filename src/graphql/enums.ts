import {
	BillingType as BillingTypes,
	CustomerRoleName as CustomerRoleNames,
	DeliveryState as DeliveryStates,
	LimitPeriod as LimitPeriods,
	NotificationState as NotificationStates,
	OfferingRoleName as OfferingRoleNames,
	OfferingState as OfferingStates,
	PolicyAction as PolicyActions,
	PolicyFiringKind as PolicyFiringKinds,
	PolicyPeriod as PolicyPeriods,
	ProjectRoleName as ProjectRoleNames,
	QuotaName as QuotaNames,
	ResourceState as ResourceStates,
} from "../generated/prisma/enums.ts";
import { builder } from "./builder.ts";

/** The stored enumerations. Their descriptions are written here, for Prisma does not pass its own on. */
function described<Value extends string>(values: Record<Value, Value>, prose: Record<Value, string>): Record<Value, { value: Value; description: string }> {
	const described = (value: Value) => [value, { value, description: prose[value] }] as const;
	return Object.fromEntries((Object.values(values) as Value[]).map(described)) as Record<Value, { value: Value; description: string }>;
}

export const BillingType = builder.enumType("BillingType", {
	description: "How a component is charged.",
	values: described(BillingTypes, {
		FIXED: "A fixed amount by plan.",
		USAGE: "By reported usage.",
		LIMIT: "By the limit that the consumer ordered.",
		ONE_TIME: "Once, at activation.",
		ON_PLAN_SWITCH: "Each time the plan is switched.",
	}),
});

export const CustomerRoleName = builder.enumType("CustomerRoleName", {
	description: "A role on a customer. Each sees all that the customer consumes, and all that belongs to the offerings that it sells.",
	values: described(CustomerRoleNames, {
		OWNER: "Sets limits per user and creates resources; of a provider, also reports usage and manages policies.",
		MANAGER: "Reports usage of what the customer sells.",
		SUPPORT: "Changes nothing.",
		READER: "Changes nothing.",
	}),
});

export const DeliveryState = builder.enumType("DeliveryState", {
	description: "Where a change is on its way to Waldur.",
	values: described(DeliveryStates, {
		PENDING: "It is sent, or will be, until Waldur answers.",
		SENT: "Waldur accepted it.",
		FAILED: "Waldur refused it, or it came too late: the next synchronization brings Waldur's figure back.",
	}),
});

export const LimitPeriod = builder.enumType("LimitPeriod", {
	description: "The window that a component's cap is counted over.",
	values: described(LimitPeriods, {
		MONTH: "The calendar month.",
		QUARTERLY: "The calendar quarter.",
		ANNUAL: "The calendar year.",
		TOTAL: "Everything ever reported.",
	}),
});

export const NotificationState = builder.enumType("NotificationState", {
	description: "Where a notification is on its way.",
	values: described(NotificationStates, {
		PENDING: "Not sent yet: further firings of the policy are added to it. It is tried when it is due, and tried again later when that fails.",
		SENT: "The mail server took it.",
		FAILED: "Given up after the last attempt.",
		EXPIRED: "Not sent: too old, or of a policy that was not fired any more when it was due or was deleted, or discarded.",
	}),
});

export const OfferingRoleName = builder.enumType("OfferingRoleName", {
	description: "A role for one offering.",
	values: described(OfferingRoleNames, { MANAGER: "Sees all that belongs to the offering, and reports usage of it." }),
});

export const OfferingState = builder.enumType("OfferingState", {
	description: "Whether an offering can be seen and bought.",
	values: described(OfferingStates, {
		DRAFT: "Being prepared: seen by its provider only.",
		ACTIVE: "On sale: part of the public catalogue.",
		PAUSED: "Not on sale at the moment.",
		ARCHIVED: "No longer sold: seen by its provider and its consumers.",
		UNAVAILABLE: "Not on sale while it cannot be used: seen by its provider and its consumers.",
	}),
});

export const PolicyAction = builder.enumType("PolicyAction", {
	description: "What a policy does when it fires.",
	values: described(PolicyActions, {
		NOTIFY_ORGANIZATION_OWNERS: "Mail the owners of the affected customers whose usage counts, and the provider's owners.",
		NOTIFY_EXTERNAL_USER: "Mail the addresses given in the policy's options.",
		BLOCK_CREATION_OF_NEW_RESOURCES: "Refuse new resources of the offering to the affected customers while the policy is fired.",
	}),
});

/** All of them, in the order in which the stored schema declares them. */
export const policyActions: readonly PolicyActions[] = Object.values(PolicyActions);

export const PolicyFiringKind = builder.enumType("PolicyFiringKind", {
	description: "Which way a policy turned. A policy's last firing says whether it is fired.",
	values: described(PolicyFiringKinds, {
		FIRED: "A limit began to be exceeded.",
		RESET: "No limit is exceeded any more.",
		WITHDRAWN: "The policy was deleted while it was fired: it watches and blocks nothing any more.",
	}),
});

export const PolicyPeriod = builder.enumType("PolicyPeriod", {
	description: "The window of billing months that a policy totals.",
	values: described(PolicyPeriods, {
		TOTAL: "Everything ever reported.",
		ONE_MONTH: "This month.",
		THREE_MONTHS: "The last three months, this one included.",
		TWELVE_MONTHS: "The last twelve months, this one included.",
	}),
});

export const ProjectRoleName = builder.enumType("ProjectRoleName", {
	description: "A role in a project. Each sees all that is used in it.",
	values: described(ProjectRoleNames, {
		ADMIN: "Creates resources.",
		MANAGER: "Creates resources, and sets limits per user.",
		MEMBER: "Changes nothing.",
		OBSERVER: "Changes nothing.",
	}),
});

export const QuotaName = builder.enumType("QuotaName", {
	description: "A figure that is kept of every customer. Those that begin with NC_ are counted when they are asked for, the others are stored; no figure is 0.",
	values: described(QuotaNames, {
		NC_PROJECT_COUNT: "How many projects it has that are not removed.",
		NC_USER_COUNT: "How many people have a role on it, or on one of its projects that is not removed, and the role has not expired.",
		NC_RESOURCE_COUNT: "How many resources it has that are not terminated, in projects that are not removed.",
		OS_CPU_COUNT: "Virtual processors of its OpenStack tenants.",
		OS_RAM_SIZE: "Memory of its OpenStack tenants, in the unit that it was imported in.",
		OS_STORAGE_SIZE: "Storage of its OpenStack tenants, in the unit that it was imported in.",
		VPC_CPU_COUNT: "Virtual processors of its private clouds.",
		VPC_RAM_SIZE: "Memory of its private clouds, in the unit that it was imported in.",
		VPC_STORAGE_SIZE: "Storage of its private clouds, in the unit that it was imported in.",
		VPC_FLOATING_IP_COUNT: "Floating IP addresses of its private clouds.",
		VPC_INSTANCE_COUNT: "Virtual machines of its private clouds.",
		ESTIMATED_PRICE: "Estimated price, in the currency that it was imported in; null, not 0, when nobody estimated it.",
	}),
});

export const ResourceState = builder.enumType("ResourceState", {
	description: "Where a resource is in its life.",
	values: described(ResourceStates, {
		CREATING: "Being set up.",
		OK: "In use.",
		ERRED: "Something failed; the provider has to look.",
		UPDATING: "Being changed.",
		TERMINATING: "Being removed.",
		TERMINATED: "Removed; kept for its history.",
	}),
});

/** Which way a list is ordered. */
export const OrderDirection = builder.enumType("OrderDirection", {
	description: "Which way a list is ordered.",
	values: {
		ASC: { description: "Smallest, earliest or first in the alphabet first." },
		DESC: { description: "Largest, latest or last in the alphabet first." },
	} as const,
});
