import { builder } from "../../graphql/builder.ts";
import { OfferingUsagePolicyConnection, PolicyFiringConnection } from "../../graphql/connection-types.ts";
import { PolicyAction, PolicyPeriod } from "../../graphql/enums.ts";
import { all } from "../../graphql/fields/all.ts";
import { byUuid, namedIn } from "../../graphql/fields/by-uuid.ts";
import { computed } from "../../graphql/fields/computed.ts";
import { link, optionalLink } from "../../graphql/fields/link.ts";
import { loaded } from "../../graphql/fields/loaded.ts";
import { page } from "../../graphql/fields/page.ts";
import { Offering, OfferingComponent, OfferingUsagePolicy, OrganizationGroup, User } from "../../graphql/nodes.ts";
import { FiringFilterInput, PolicyFilterInput } from "./policy.inputs.ts";
import { firingList, policyGroupList, policyList } from "./policy.lists.ts";
import { currentTotals } from "./policy.service.ts";
import { isExceeded, type LimitTotal, policyPeriods } from "./policy.ts";

export const ComponentLimit = builder.objectRef<LimitTotal>("OfferingUsagePolicyComponentLimit").implement({
	description: "A policy's limit on one component, and where the affected customers together stand.",
	fields: (t) => ({
		component: t.field({
			type: OfferingComponent,
			description: "The component that is totalled.",
			resolve: namedIn("OfferingComponent", ({ componentUuid }) => componentUuid),
		}),
		limit: t.expose("limit", { type: "Decimal", description: "The limit, a whole number of the component's measured unit; the policy fires above it." }),
		used: t.expose("used", {
			type: "Decimal",
			description: "What all affected customers together used in the window, in the component's measured unit; of a stored policy, until now.",
		}),
		exceeded: t.boolean({ description: "Whether the total is above the limit.", resolve: computed([], (total) => isExceeded(total)) }),
	}),
});

const Options = builder.objectRef<{ externalUserEmails: string[] }>("OfferingUsagePolicyOptions").implement({
	description: "What a policy's actions need to know.",
	fields: (t) => ({ externalUserEmails: t.exposeStringList("externalUserEmails", { description: "Addresses that NOTIFY_EXTERNAL_USER mails." }) }),
});

builder.prismaObjectFields(OfferingUsagePolicy, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	actions: t.expose("actions", { type: [PolicyAction] }),
	options: t.field({
		type: Options,
		description: "What its actions need to know.",
		resolve: computed(["externalUserEmails"], ({ externalUserEmails }) => ({ externalUserEmails })),
	}),
	applyToAll: t.exposeBoolean("applyToAll"),
	period: t.expose("period", { type: PolicyPeriod }),
	periodName: t.string({
		description: "Display name of the period, as Waldur writes it: Total, 1 month, 3 month or 12 month.",
		resolve: computed(["period"], ({ period }) => policyPeriods[period].name),
	}),
	hasFired: t.exposeBoolean("hasFired"),
	firedDatetime: t.expose("firedDatetime", { type: "DateTime", nullable: true }),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	scope: t.field({ type: Offering, ...link("OfferingUsagePolicy", "scope") }),
	createdBy: t.field({ type: User, ...optionalLink("OfferingUsagePolicy", "createdBy") }),
	organizationGroups: t.field({
		type: [OrganizationGroup],
		description: "The groups whose members it affects, by name; none when it applies to all customers.",
		resolve: all(policyGroupList),
	}),
	componentLimits: t.field({
		type: [ComponentLimit],
		description: "Its limits, by type of component.",
		resolve: loaded("componentLimits", (uuids, _args, { database, clock, timeZone }) => currentTotals(database, uuids, { now: clock(), timeZone })),
	}),
	firings: t.field({
		type: PolicyFiringConnection,
		description: "When it turned, newest first.",
		args: { ...t.arg.connectionArgs(), filter: t.arg({ type: FiringFilterInput, description: "Which firings; all when absent." }) },
		resolve: page(({ filter }) => firingList(filter, { column: "policyUuid" })),
	}),
}));

builder.queryFields((t) => ({
	offeringUsagePolicy: t.field({
		type: OfferingUsagePolicy,
		nullable: true,
		description: "The policy with the uuid. Error NOT_FOUND when there is none that the viewer sees.",
		args: { uuid: t.arg({ type: "UUID", required: true, description: "The policy's uuid." }) },
		resolve: byUuid("OfferingUsagePolicy"),
	}),
	offeringUsagePolicies: t.field({
		type: OfferingUsagePolicyConnection,
		description: "The policies that the viewer sees, newest first: those of the provider's side.",
		args: { ...t.arg.connectionArgs(), filter: t.arg({ type: PolicyFilterInput, description: "Which policies; all when absent." }) },
		resolve: page(({ filter }) => policyList(filter)),
	}),
}));
