import { builder } from "../../graphql/builder.ts";
import { all } from "../../graphql/fields/all.ts";
import { link } from "../../graphql/fields/link.ts";
import { Offering, OfferingComponent, Plan, PlanComponent } from "../../graphql/nodes.ts";
import { planComponentList } from "./catalogue.list.ts";

builder.prismaObjectFields(Plan, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	name: t.exposeString("name"),
	unit: t.exposeString("unit"),
	unitPrice: t.expose("unitPrice", { type: "Decimal" }),
	archived: t.exposeBoolean("archived"),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	offering: t.field({ type: Offering, ...link("Plan", "offering") }),
	components: t.field({ type: [PlanComponent], description: "What it includes of each component and costs, by type.", resolve: all(planComponentList) }),
}));

builder.prismaObjectFields(PlanComponent, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	amount: t.expose("amount", { type: "Decimal" }),
	price: t.expose("price", { type: "Decimal" }),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	plan: t.field({ type: Plan, ...link("PlanComponent", "plan") }),
	component: t.field({ type: OfferingComponent, ...link("PlanComponent", "component") }),
}));
