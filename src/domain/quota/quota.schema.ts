import { builder } from "../../graphql/builder.ts";
import { QuotaName } from "../../graphql/enums.ts";
import { namedIn } from "../../graphql/fields/by-uuid.ts";
import { loadedBy } from "../../graphql/fields/loaded.ts";
import { computedPage } from "../../graphql/fields/page.ts";
import { Customer, CustomerQuota } from "../../graphql/nodes.ts";
import type { PageArguments } from "../../reading/page.ts";
import type { Maybe } from "../../shared/maybe.ts";
import { CustomerQuotaConnection, CustomerQuotaOrder, type QuotaOrder, quotaOrder } from "./quota.list.ts";
import { requireQuotaList, requireQuotas } from "./quota.service.ts";
import { type Quota, quotaCount, quotaPage, quotasOf } from "./quota.store.ts";

CustomerQuota.implement({
	description: "A named figure of one customer.",
	fields: (t) => ({
		quotaName: t.expose("quotaName", { type: QuotaName, description: "Which figure it is." }),
		customer: t.field({
			type: Customer,
			description: "The customer whose figure it is.",
			resolve: namedIn("Customer", ({ customerUuid }) => customerUuid),
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

type QuotaKey = Pick<Quota, "customerUuid" | "quotaName">;

/** Resolves to a figure of the row, in one batch for all names and customers. */
const quotaNamed = loadedBy({
	key: ({ uuid }: { uuid: string }, { name }: { name: Quota["quotaName"] }, { viewer }) => {
		requireQuotas(viewer, uuid);
		return JSON.stringify({ customerUuid: uuid, quotaName: name } satisfies QuotaKey);
	},
	batch: () => "quota of Customer",
	load: (keys, _args, { database, clock }) =>
		quotasOf(
			database,
			keys.map((key): QuotaKey => JSON.parse(key)),
			clock(),
		),
});

interface QuotaListArguments extends PageArguments {
	quotaName: Quota["quotaName"];
	orderBy?: Maybe<QuotaOrder>;
}

/** Resolves to one figure of every customer. */
const quotaPages = computedPage<Quota, unknown, QuotaListArguments>(
	() => "",
	({ quotaName, orderBy }, { database, viewer, clock }) => {
		requireQuotaList(viewer);
		const order = quotaOrder(orderBy);
		return {
			name: `CustomerQuota ${quotaName} ${JSON.stringify(orderBy ?? null)}`,
			order,
			pages: async (_keys, request) => [await quotaPage(database, viewer, quotaName, order, request, clock())],
			counts: async () => [await quotaCount(database, viewer)],
		};
	},
);

builder.prismaObjectField(Customer, "quota", (t) =>
	t.field({
		type: CustomerQuota,
		nullable: true,
		description: "A named figure of the customer. Error FORBIDDEN for all but staff, support and the customer's owners.",
		args: { name: t.arg({ type: QuotaName, required: true, description: "Which figure." }) },
		resolve: quotaNamed,
	}),
);

builder.queryField("customerQuotas", (t) =>
	t.field({
		type: CustomerQuotaConnection,
		nullable: true,
		description: "One figure of every customer, by the customers' names. Error FORBIDDEN for all but staff and support.",
		args: {
			...t.arg.connectionArgs(),
			quotaName: t.arg({ type: QuotaName, required: true, description: "Which figure." }),
			orderBy: t.arg({ type: CustomerQuotaOrder, description: "In what order; by name when absent." }),
		},
		resolve: quotaPages,
	}),
);
