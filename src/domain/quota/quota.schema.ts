import { builder } from "../../graphql/builder.ts";
import { CustomerQuotaConnection } from "../../graphql/connection-types.ts";
import { OrderDirection, QuotaName } from "../../graphql/enums.ts";
import { connectionOf } from "../../graphql/fields/connections.ts";
import { rowNamedIn } from "../../graphql/fields/rows.ts";
import { Customer, CustomerQuota } from "../../graphql/nodes.ts";
import { pageRequest } from "../../reading/page.ts";
import { requireQuotaList, requireQuotas } from "./quota.service.ts";
import { type Quota, quotaCount, quotaOrder, quotaPage, quotasOf } from "./quota.store.ts";

CustomerQuota.implement({
	description: "A named figure of one customer.",
	fields: (t) => ({
		quotaName: t.expose("quotaName", { type: QuotaName, description: "Which figure it is." }),
		customer: t.field({
			type: Customer,
			description: "The customer whose figure it is.",
			resolve: rowNamedIn("Customer", ({ customerUuid }) => customerUuid),
		}),
		name: t.exposeString("name", { description: "Full name of the customer." }),
		abbreviation: t.exposeString("abbreviation", { description: "Short name of the customer; empty when it has none." }),
		value: t.expose("value", {
			type: "Decimal",
			nullable: true,
			description: "The figure, in the unit that its name tells of; null for an estimated price that nobody estimated.",
		}),
	}),
});

builder.prismaObjectField(Customer, "quota", (t) =>
	t.field({
		type: CustomerQuota,
		nullable: true,
		description: "A named figure of the customer. Error FORBIDDEN for all but staff, support and the customer's owners.",
		args: { name: t.arg({ type: QuotaName, required: true, description: "Which figure." }) },
		resolve: ({ uuid }, { name }, { read, database, viewer, clock }) => {
			requireQuotas(viewer, uuid);
			const load = (keys: readonly string[]) => quotasOf(database, keys.map(wanted), clock());
			return read.batched("quota of Customer", load, JSON.stringify({ customerUuid: uuid, quotaName: name }));
		},
	}),
);

const wanted = (key: string): Pick<Quota, "customerUuid" | "quotaName"> => JSON.parse(key);

const CustomerQuotaOrderField = builder.enumType("CustomerQuotaOrderField", {
	description: "What quotas are ordered by.",
	values: {
		VALUE: { description: "The figure, then the customer's name; a figure that is not known comes last in either direction." },
		NAME: { description: "The customer's name." },
	} as const,
});

const CustomerQuotaOrderInput = builder.inputType("CustomerQuotaOrder", {
	description: "In what order quotas are listed.",
	fields: (t) => ({
		field: t.field({ type: CustomerQuotaOrderField, required: true, description: "What they are ordered by." }),
		direction: t.field({ type: OrderDirection, required: true, defaultValue: "ASC", description: "Which way." }),
	}),
});

builder.queryField("customerQuotas", (t) =>
	t.field({
		type: CustomerQuotaConnection,
		nullable: true,
		description: "One figure of every customer, by the customers' names. Error FORBIDDEN for all but staff and support.",
		args: {
			...t.arg.connectionArgs(),
			quotaName: t.arg({ type: QuotaName, required: true, description: "Which figure." }),
			orderBy: t.arg({ type: CustomerQuotaOrderInput, description: "In what order; by name when absent." }),
		},
		resolve: async (_root, { quotaName, orderBy, ...args }, { database, viewer, clock }) => {
			requireQuotaList(viewer);
			const order = quotaOrder(orderBy);
			const page = await quotaPage(database, viewer, quotaName, order, pageRequest(args), clock());
			return connectionOf<Quota>(order, page, () => quotaCount(database, viewer));
		},
	}),
);
