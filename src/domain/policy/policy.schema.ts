import { mayChangePolicies } from "../../access/permissions.ts";
import type { Row } from "../../database/model.ts";
import { builder } from "../../graphql/builder.ts";
import { PolicyAction, PolicyPeriod } from "../../graphql/enums.ts";
import { all } from "../../graphql/fields/all.ts";
import { byUuid, namedIn } from "../../graphql/fields/by-uuid.ts";
import { computed } from "../../graphql/fields/computed.ts";
import { link, linkedRowOf, optionalLink } from "../../graphql/fields/link.ts";
import { loaded } from "../../graphql/fields/loaded.ts";
import { naming } from "../../graphql/identifiers.ts";
import { Offering, OfferingComponent, OfferingUsagePolicy, OrganizationGroup, User } from "../../graphql/nodes.ts";
import { firings, policies, policyGroupList } from "./policy.list.ts";
import { currentTotals } from "./policy.service.ts";
import { isExceeded, type LimitTotal, policyPeriods } from "./policy.ts";

export const ComponentLimit = builder.objectRef<LimitTotal>("OfferingUsagePolicyComponentLimit").implement({
	description: "A policy's limit on one component, the threshold of its alerts, and where the affected customers together stand.",
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

export const LimitInput = builder.inputType("OfferingUsagePolicyComponentLimitInput", {
	description: "A limit on one component: the threshold of an alert.",
	fields: (t) => ({
		type: t.string({ required: true, description: "Type of a component of the offering, such as cpu." }),
		limit: t.field({ type: "Decimal", required: true, description: "A whole number of the component's measured unit, 0 or more; the policy fires above it." }),
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
	viewerCanManagePolicies: t.boolean({
		description: "Whether the viewer may change and delete it, and create others on its offering: staff and the provider's owners.",
		resolve: computed(["scopeUuid", "scope.providerUuid"], (policy: Row<"OfferingUsagePolicy">, { viewer }) => {
			const { providerUuid } = linkedRowOf<"OfferingUsagePolicy", "scope">(policy, "scope");
			return mayChangePolicies(viewer, { offeringUuid: policy.scopeUuid, providerUuid });
		}),
	}),
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
		description: "When it turned, newest first.",
		...firings.page({ column: "policyUuid" }),
	}),
}));

builder.queryFields((t) => ({
	offeringUsagePolicy: t.field({
		type: OfferingUsagePolicy,
		nullable: true,
		description: "The policy with the uuid. Error NOT_FOUND when there is none that the viewer sees.",
		args: {
			uuid: t.arg({ type: "UUID", required: true, description: "The policy: its uuid, its id, or Waldur's address of it.", ...naming("OfferingUsagePolicy") }),
		},
		resolve: byUuid("OfferingUsagePolicy"),
	}),
	offeringUsagePolicies: t.field({
		description: "The policies that the viewer sees, newest first: those of the provider's side. Each alerts when usage goes above a threshold, its limit.",
		...policies.page(),
	}),
}));
