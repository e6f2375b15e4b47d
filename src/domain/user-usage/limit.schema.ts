import { builder } from "../../graphql/builder.ts";
import { byUuid } from "../../graphql/fields/by-uuid.ts";
import { link } from "../../graphql/fields/link.ts";
import { loaded } from "../../graphql/fields/loaded.ts";
import { naming } from "../../graphql/identifiers.ts";
import { ComponentUserUsageLimit, OfferingComponent, OfferingUser, Resource } from "../../graphql/nodes.ts";
import { billingPeriodAt } from "../../shared/billing-period.ts";
import { userLimits } from "./limit.list.ts";
import { usedInMonth } from "./limit.store.ts";

builder.prismaObjectFields(ComponentUserUsageLimit, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	limit: t.expose("limit", { type: "Decimal" }),
	used: t.field({
		type: "Decimal",
		description: "What was reported for the account in the current billing month, in the component's measured unit.",
		resolve: loaded("used of ComponentUserUsageLimit", (uuids, _args, { database, clock, timeZone }) =>
			usedInMonth(database, uuids, billingPeriodAt(clock(), timeZone)),
		),
	}),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	resource: t.field({ type: Resource, ...link("ComponentUserUsageLimit", "resource") }),
	component: t.field({ type: OfferingComponent, ...link("ComponentUserUsageLimit", "component") }),
	user: t.field({ type: OfferingUser, ...link("ComponentUserUsageLimit", "user") }),
}));

builder.queryFields((t) => ({
	componentUserUsageLimit: t.field({
		type: ComponentUserUsageLimit,
		nullable: true,
		description: "The per-user limit with the uuid. Error NOT_FOUND when there is none that the viewer sees.",
		args: {
			uuid: t.arg({
				type: "UUID",
				required: true,
				description: "The limit: its uuid, its id, or Waldur's address of it.",
				...naming("ComponentUserUsageLimit"),
			}),
		},
		resolve: byUuid("ComponentUserUsageLimit"),
	}),
	componentUserUsageLimits: t.field({
		description: "The per-user limits that the viewer sees, newest first.",
		...userLimits.page(),
	}),
}));
