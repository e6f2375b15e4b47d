import { quotaOrder } from "../domain/quota/quota.list.ts";
import { requireQuotaList } from "../domain/quota/quota.service.ts";
import { type QuotaName, quotaCount, quotaPage } from "../domain/quota/quota.store.ts";
import { byWord, countedQuotas, storedQuotas } from "../shared/waldur-words.ts";
import { listRoute } from "./collection.ts";
import { digits, type Fields, plain } from "./fields.ts";
import { choice, ordering } from "./parameters.ts";
import type { Route } from "./route.ts";

const fields: Fields = { customer_name: plain("name"), customer_abbreviation: plain("abbreviation"), value: digits("value") };

const quotaNames: Readonly<Record<string, QuotaName>> = byWord({ ...countedQuotas, ...storedQuotas });

/** The figure that is listed while none is named: the page has no parameter for it. */
const usualQuota: QuotaName = "NC_RESOURCE_COUNT";

export const quotaRoutes: readonly Route[] = [
	listRoute({
		path: "customer-quotas/",
		parameters: { quota_name: choice(quotaNames), o: ordering({ value: "VALUE", customer_name: "NAME" }) },
		fields,
		choosesFields: false,
		price: { count: 1 },
		rows: ({ quota_name: quotaName = usualQuota, o }, { context: { database, viewer, clock } }) => {
			requireQuotaList(viewer);
			return {
				count: () => quotaCount(database, viewer),
				page: async (request) => (await quotaPage(database, viewer, quotaName, quotaOrder(o), request, clock())).rows,
			};
		},
	}),
];
