import { builder } from "../../graphql/builder.ts";
import { PolicyFiringKind } from "../../graphql/enums.ts";
import { namedIn, visibleLink } from "../../graphql/fields/by-uuid.ts";
import { link, optionalLink } from "../../graphql/fields/link.ts";
import { loaded } from "../../graphql/fields/loaded.ts";
import { ComponentUsage, Offering, OfferingComponent, OfferingUsagePolicy, PolicyFiring } from "../../graphql/nodes.ts";
import { type Breach, breachesOf, positionsOf } from "./firing.store.ts";
import { firings } from "./policy.list.ts";

const PolicyBreach = builder.objectRef<Breach>("PolicyBreach").implement({
	description: "A component whose limit was exceeded when a policy fired.",
	fields: (t) => ({
		component: t.field({
			type: OfferingComponent,
			description: "The component.",
			resolve: namedIn("OfferingComponent", ({ componentUuid }) => componentUuid),
		}),
		used: t.expose("used", { type: "Decimal", description: "Total of all affected customers in the window at that moment, in the component's measured unit." }),
		limit: t.expose("limit", { type: "Decimal", description: "The policy's limit at that moment, in the component's measured unit." }),
	}),
});

builder.prismaObjectFields(PolicyFiring, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	kind: t.expose("kind", { type: PolicyFiringKind }),
	windowStart: t.expose("windowStart", { type: "Date", nullable: true }),
	windowEnd: t.expose("windowEnd", { type: "Date" }),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	position: t.string({
		nullable: true,
		description:
			"Where it stands in the log: pass it to policyFirings(after) to go on from here. Null when the log does not reach back to it any more. The position before it depends on who follows what: each event of a subscription has it as previous.",
		resolve: loaded("position of PolicyFiring", (uuids, _args, { database, log }) => positionsOf(database, log.positions, uuids)),
	}),
	policy: t.field({ type: OfferingUsagePolicy, ...optionalLink("PolicyFiring", "policy") }),
	offering: t.field({ type: Offering, ...link("PolicyFiring", "offering") }),
	cause: t.field({ type: ComponentUsage, ...visibleLink("PolicyFiring", "cause") }),
	breaches: t.field({
		type: [PolicyBreach],
		description: "The limits that were exceeded, by type of component; none of a RESET, and of WITHDRAWN those that were still exceeded.",
		resolve: loaded("breaches of PolicyFiring", (uuids, _args, { database }) => breachesOf(database, uuids)),
	}),
}));

builder.queryFields((t) => ({
	policyFirings: t.field({
		description: "The firings of the policies that the viewer sees, newest first: the alerts that there were.",
		...firings.page(),
	}),
}));
